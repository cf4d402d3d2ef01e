"""CreateDevice for a thing without keys: takes up the device with its EUIs, if The Things Stack has one."""

from collections.abc import Callable, Collection, Container, Sequence
from dataclasses import replace
from functools import partial

from workflows.domain.attributes import NO_VALUES, VALUES, DeviceValues, after, without_session
from workflows.domain.device import IdentityRecord, NetworkRecord
from workflows.domain.differences import of_adopted, texts
from workflows.domain.facts import RegisteredDevice
from workflows.domain.mark import Mark, mark_in
from workflows.domain.outcome import Outcome
from workflows.domain.planning import PlannedDevice
from workflows.domain.updating import refuse_unfit_radio
from workflows.errors import (
    DeviceIdTakenAnswer,
    DeviceNotFoundAnswer,
    EuisTakenAnswer,
    InvalidThingError,
    RejectedError,
)
from workflows.ports.things_stack import DeviceRegistry
from workflows.steps.counters import without_counters
from workflows.steps.identity import Identity, changed_meanwhile, held_by_another_stack, with_same_dev_eui
from workflows.steps.ownership import DeviceOwnership, Ownership
from workflows.steps.record_writing import ANY, write_record
from workflows.steps.refusals import refusals_explained
from workflows.steps.removal import Removal, remove_everywhere
from workflows.values import value

_TAKEN_OVER = (
    "the thing has no keys; the device of an earlier thing with the same EUIs was taken over, and its keys stay"
)
_LINKED = "the thing has no keys; the device with its EUIs was there before; it is linked, and nothing was overwritten"


@value
class TakeUp:
    """``mark`` is this run's. ``rewrites_retained`` is explained at ``Identity``. ``lay`` is ``Models.lay``.

    Nothing here can be made again without its keys. So the device gets this run's mark last, when nothing can be
    rejected any more: an undo removes only what has the mark.
    """

    registry: DeviceRegistry
    planned: PlannedDevice
    mark: Mark
    ownership: Ownership
    lay: Callable[[PlannedDevice], PlannedDevice] = lambda planned: planned
    rewrites_retained: bool = False

    def create(self, leftovers: Sequence[str] = ()) -> Outcome:
        """Take up the device. ``leftovers`` are half-made devices of this thing; all others of them are removed.

        An earlier run of this thing may have taken the device over and ended before it could report. If this run is
        rejected, the thing keeps it: nobody can make it again.

        Raises:
            InvalidThingError: there is no such device, or it is not complete and needs the keys.
            DeviceConflictError: the device is another stack's, or that of a thing that exists.
        """
        record = self._found()
        found = record.ids.device_id if record else None
        self._remove([each for each in leftovers if each != found])
        try:
            if record is None:
                raise self._nothing("The Things Stack has no device with these EUIs")
            with refusals_explained(()):
                return self._take_up(record)
        except RejectedError:
            if found and found in leftovers:
                self.ownership.keep(found)
            raise

    def _remove(self, device_ids: Sequence[str]) -> None:
        for device_id in device_ids:
            Removal(self.registry, self.mark).remove(device_id)

    def _nothing(self, why: str) -> InvalidThingError:
        """Say it once: the texts of both attributes are about the same device."""
        (first, text), *others = self.planned.lacks.items()
        return InvalidThingError({first: f"{text} ({why})", **dict(others)})

    def _found(self) -> IdentityRecord | None:
        """Return the record with the thing's EUIs, under whatever ID.

        Only creating a record shows which device has the EUIs. If none has, the new record is left to the undo.
        """
        record = self.registry.identity(self.planned.device_id)
        if record is not None and record.ids.euis_match(self.planned.ids):
            return record
        there = with_same_dev_eui(self.registry, self.planned.ids)
        if there is not None and there.ids.euis_match(self.planned.ids):
            return there
        identity = self._identity(self.planned.values)
        try:
            with refusals_explained(()):
                self.registry.create_identity(identity.wanted)
        except DeviceIdTakenAnswer as taken:
            if record is None:
                raise changed_meanwhile(self.planned.device_id) from taken
        except EuisTakenAnswer as taken:
            holder = identity.id_in_this_application(taken)
            found = self.registry.identity(holder)
            if found is None or not found.ids.euis_match(self.planned.ids):
                raise changed_meanwhile(holder) from taken
            return found
        return None

    def _identity(self, values: DeviceValues) -> Identity:
        wanted = IdentityRecord(
            self.planned.ids,
            values.at("is"),
            self.mark.attributes(),
            without_join_server=self.planned.is_abp,
        )
        return Identity(self.registry, wanted, self.mark, self.ownership.resolve)

    def _take_up(self, record: IdentityRecord) -> Outcome:
        mark = mark_in(record.attributes)
        if mark and mark.is_of_another_stacks_thing(self.mark):
            raise held_by_another_stack(record, mark)
        marked = mark.thing_id if mark and mark.is_of_same_stack(self.mark) else None
        former = self.ownership.former(marked, record.ids) if marked else None
        ownership = self.ownership.resolve(record.ids, marked)
        if ownership == "retained" and marked == self.mark.thing_id:
            ownership = "left behind"  # an earlier run of this thing found and wrote it; the mark came last
        if ownership == "not ours" or (ownership == "retained" and not self.rewrites_retained):
            return self._link(record, former)
        return self._take_over(record, former, ownership)

    def _link(self, record: IdentityRecord, former: RegisteredDevice | None) -> Outcome:
        """Link a device that was there before its thing, and add what it lacks and needs no key for."""
        network = self.registry.network(record.ids.device_id)
        lacks_session = self.planned.is_abp and network is None
        if lacks_session or not (record.without_join_server or _never_joins(network) or self._has_keys(record)):
            raise self._incomplete(record)
        values = without_session(self.planned.values)
        if network is None:
            laid = without_session(self.lay(self.planned).values)
            self._write_network(record, laid, may_remove=())
        if not self.registry.has_record("as", record.ids.device_id):
            self._write_application(record, values, may_remove=())
        differences = texts(of_adopted(self.planned, record, network, is_theirs=True))
        device = self._registered(record, self.planned.values, former)
        return self._outcome(replace(device, method="adopted", run="", differences=differences, made_at=""), _LINKED)

    def _take_over(
        self, record: IdentityRecord, former: RegisteredDevice | None, ownership: DeviceOwnership
    ) -> Outcome:
        """Write again what needs no key. Of a device that was retained, an unfinished run may have changed the keys."""
        network = self.registry.network(record.ids.device_id)
        if not self._is_whole(record, network, former):
            if ownership == "this thing's" and not _never_joins(network):
                remove_everywhere(self.registry, record.ids.device_id, record)
            raise self._incomplete(record)
        planned = self._with_former(former, network)
        values = planned.values
        identity = self._identity(values)
        identity.check_room(record)
        before = former.values if former and ownership != "retained" else NO_VALUES
        cleared = _no_longer_said(before, values)
        self._write_network(record, values, may_remove=ANY, cleared=cleared)
        self._write_application(record, values, may_remove=ANY, cleared=cleared)
        identity.write_over(record, cleared, before)
        known = former and replace(former, fingerprints={} if ownership == "retained" else former.fingerprints)
        device = replace(self._registered(record, values, known), from_model=planned.from_model)
        return self._outcome(device, _TAKEN_OVER)

    def _incomplete(self, record: IdentityRecord) -> InvalidThingError:
        return self._nothing(f"device {record.ids.device_id} has no {'session' if self.planned.is_abp else 'keys'}")

    def _is_whole(self, record: IdentityRecord, network: NetworkRecord | None, former: RegisteredDevice | None) -> bool:
        """Return whether the device can join, by its claim or by keys; or has the session that a thing once gave it."""
        if _never_joins(network):
            return self._has_given_session(record, former) and self._has_session(record.ids.device_id)
        if self.planned.is_abp:
            return False
        if not record.without_join_server:
            return self._has_keys(record)
        try:
            return self.registry.holds_claim(record.ids.device_id)
        except DeviceNotFoundAnswer as gone:
            raise changed_meanwhile(record.ids.device_id) from gone

    def _has_given_session(self, record: IdentityRecord, former: RegisteredDevice | None) -> bool:
        """Return whether it is a thing that gave the session, or whether somebody activated the device by hand.

        An earlier run of this thing may have taken it over, and then the mark names this thing.
        """
        mark = mark_in(record.attributes)
        is_marked = record.without_join_server and mark is not None and mark.is_of_same_thing(self.mark)
        return is_marked or (former is not None and former.is_abp)

    def _has_session(self, device_id: str) -> bool:
        """Return whether the Application Server has its part of the session, too."""
        application = self.registry.application(device_id)
        return application is not None and application.dev_addr is not None

    def _has_keys(self, record: IdentityRecord) -> bool:
        return self.registry.has_record("js", record.ids.device_id)

    def _with_former(self, former: RegisteredDevice | None, network: NetworkRecord | None) -> PlannedDevice:
        """Lay what the thing says over its model, that over what its predecessor said or the Network Server has."""
        before, said = former.values if former else NO_VALUES, self.planned.values
        values = after(before.over(network.values if network else NO_VALUES), said)
        under = tuple(name for name in values.given() if name not in said.given())
        return self.lay(replace(self.planned, values=values, from_stack=under))

    def _write_network(
        self,
        record: IdentityRecord,
        values: DeviceValues,
        *,
        may_remove: Container[str],
        cleared: Collection[str] = (),
    ) -> None:
        refuse_unfit_radio(values)
        write = partial(self.registry.set_network, record.ids, without_counters(values), cleared=cleared)
        write_record(self.registry, "ns", record.ids, write, may_remove=may_remove)

    def _write_application(
        self,
        record: IdentityRecord,
        values: DeviceValues,
        *,
        may_remove: Container[str],
        cleared: Collection[str] = (),
    ) -> None:
        write = partial(self.registry.set_application, record.ids, without_counters(values), cleared=cleared)
        write_record(self.registry, "as", record.ids, write, may_remove=may_remove)

    def _registered(
        self, record: IdentityRecord, values: DeviceValues, former: RegisteredDevice | None
    ) -> RegisteredDevice:
        return RegisteredDevice(
            method="created" if values.dev_addr or not record.without_join_server else "claimed",
            device_id=record.ids.device_id,
            named=self.planned.device_id,
            dev_eui=record.ids.dev_eui,
            join_eui=record.ids.join_eui,
            run=self.mark.run,
            values=values,
            fingerprints=former.fingerprints if former else {},
            made_at=record.made_at,
        )

    def _outcome(self, device: RegisteredDevice, reason: str) -> Outcome:
        if device.differences:
            reason += f". What the thing says and the device does not have: {'; '.join(device.differences)}"
        return Outcome(device.method, reason, device.device_id, device)


def _no_longer_said(before: DeviceValues, now: DeviceValues) -> tuple[str, ...]:
    """Name what goes with the thing that gave it."""
    gone = before.given().keys() - now.given().keys()
    return tuple(row.name for row in VALUES if row.name in gone and row.absence == "goes")


def _never_joins(network: NetworkRecord | None) -> bool:
    return network is not None and not network.joins
