"""Ensures the Identity Server's record. It comes first: its mark shows which thing the device belongs to."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Literal

from workflows.domain.attributes import (
    MERGED,
    NO_VALUES,
    DeviceValues,
    names_at,
    names_left_over,
    names_written,
)
from workflows.domain.device import DeviceIds, IdentityRecord
from workflows.domain.mark import Mark, mark_in
from workflows.errors import (
    DeviceConflictError,
    DeviceIdTakenAnswer,
    DeviceNotFoundAnswer,
    EuisTakenAnswer,
    RegistryUnavailableError,
)
from workflows.ports.things_stack import DeviceRegistry
from workflows.steps.ownership import DeviceOwnership
from workflows.steps.removal import remove_everywhere
from workflows.values import value

# Devices that may be in the way and can be removed: one with the same ID, one with the same EUIs under another ID.
_IN_THE_WAY_AT_MOST = 2
# The Network Server and the claim.
ACTIVATION_CALLS_AT_MOST = 2

# One try for each device in the way, and the last one that succeeds. The functions' timeouts depend on it.
TRIES_AT_MOST = _IN_THE_WAY_AT_MOST + 1


@value
class RecordMatch:
    """The Identity Server's ``record`` as this run found it, and what it is to this run.

    created: this run created it.
    owned: an earlier run, or an earlier try of this one, created it for this thing. It bears that run's mark.
    reclaimed: its thing is gone. This run has put its mark on it.
    retained: it was left on purpose when its thing was deleted. It does not bear this run's mark yet.
    adopted: somebody else registered it before, or the stack only links retained devices. It gets no mark.
    """

    kind: Literal["created", "owned", "reclaimed", "retained", "adopted"]
    record: IdentityRecord


@value
class Identity:
    """``wanted`` bears ``mark``.

    ``resolve_owner`` is ``Ownership.resolve``: it frees the ID if its owner is gone, or raises. ``left_by`` is
    ``Ownership.left_by``.
    ``is_abp``: the device is activated by personalization, so that it never joins.
    ``registered_id`` is the device ID that the journal has as registered, or empty. That device is never removed.
    ``rewrites_retained``: a retained device is written again, not only linked.
    ``before``: the labels and the place that earlier events of the thing may have left.
    """

    registry: DeviceRegistry
    wanted: IdentityRecord
    mark: Mark
    resolve_owner: Callable[[DeviceIds, str | None], DeviceOwnership]
    is_abp: bool = False
    registered_id: str = ""
    rewrites_retained: bool = False
    before: DeviceValues = NO_VALUES
    left_by: Callable[[str, DeviceIds], DeviceValues] = lambda _thing_id, _found: NO_VALUES

    def ensure(self) -> RecordMatch:
        """Create the record, or find the existing record of the same device.

        Raises:
            DeviceConflictError: the device ID or the EUIs belong to another device.
        """
        for _ in range(TRIES_AT_MOST):
            there = with_same_dev_eui(self.registry, self.wanted.ids)
            match = self._match(there) if there else self._create()
            if match is not None:
                return match
        raise changed_meanwhile(self.wanted.ids.device_id)

    def _create(self) -> RecordMatch | None:
        try:
            return RecordMatch("created", self.registry.create_identity(self.wanted))
        except DeviceIdTakenAnswer:
            return self._find_match(self.wanted.ids.device_id)
        except EuisTakenAnswer as taken:
            return self._find_match(self.id_in_this_application(taken))

    def write_over(
        self, record: IdentityRecord, cleared: Collection[str] = (), before: DeviceValues | None = None
    ) -> None:
        """Write the wanted values and mark to ``record``. From then on an undo of this run may remove it.

        The values ``cleared`` are taken away; of labels and a place, what a thing gave ``before``, by default this one.

        Raises:
            DeviceConflictError: the record has no room for the mark and the thing's labels.
            RegistryUnavailableError: the record has just been deleted; the next try creates a new one.
        """
        former = self.before if before is None else before
        going = [name for name in (*cleared, *former.only(MERGED).given()) if name in names_at("is")]
        names = tuple(dict.fromkeys((*names_written(self.wanted.values), *going)))
        said = record.saying(self.wanted.values, names, former)
        self.check_room(said)
        marked = replace(said, attributes={**said.attributes, **self.mark.attributes()})
        try:
            self.registry.update_identity(marked, names, with_mark=True)
        except DeviceNotFoundAnswer as gone:
            raise changed_meanwhile(record.ids.device_id) from gone

    def _find_match(self, device_id: str) -> RecordMatch | None:
        """Return how the device that has the ID or the EUIs matches; None if it is gone or was removed: try again."""
        record = self.registry.identity(device_id)
        return None if record is None else self._match(record)

    def _match(self, record: IdentityRecord) -> RecordMatch | None:
        found = mark_in(record.attributes)
        if found and found.is_of_another_stacks_thing(self.mark):
            raise held_by_another_stack(record, found)
        marked = found.thing_id if found and found.is_of_same_stack(self.mark) else None
        ownership = self.resolve_owner(record.ids, marked)
        if ownership == "not ours":
            return self._adopted(record)
        if ownership == "retained":
            return self._retained(record)
        if not self._is_as_wanted(record):
            self._remove(record)
            return None
        return RecordMatch("owned", record) if ownership == "this thing's" else self._reclaimed(record, marked or "")

    def _is_as_wanted(self, record: IdentityRecord) -> bool:
        return record.ids == self.wanted.ids and self._is_activated_as_wanted(record)

    def _is_activated_as_wanted(self, record: IdentityRecord) -> bool:
        """Only the Network Server, or else the claim, distinguishes a claimed device from one that never joins."""
        if record.without_join_server != self.wanted.without_join_server:
            return False
        if not record.without_join_server:
            return True
        network = self.registry.network(record.ids.device_id)
        if network is not None:
            return network.joins != self.is_abp
        return not (self.is_abp and self._holds_claim(record.ids.device_id))

    def _holds_claim(self, device_id: str) -> bool:
        try:
            return self.registry.holds_claim(device_id)
        except DeviceNotFoundAnswer as gone:
            raise changed_meanwhile(device_id) from gone

    def _remove(self, record: IdentityRecord) -> None:
        """Remove a device that was left behind, or half-made for this thing, with other EUIs or another way of joining.

        Never remove what has the ID of the thing's registered device: somebody may have registered that there.
        """
        if record.ids.device_id == self.registered_id:
            raise _registered_otherwise(record, self.wanted)
        remove_everywhere(self.registry, record.ids.device_id, record)

    def _reclaimed(self, record: IdentityRecord, gone: str) -> RecordMatch:
        self.write_over(record, names_left_over(self.wanted.values), self.left_by(gone, record.ids))
        return RecordMatch("reclaimed", record)

    def _retained(self, record: IdentityRecord) -> RecordMatch:
        """Match a retained device under its own ID. Thingsync must not remove it.

        Its record gets this run's mark last, when nothing can be rejected any more: an undo would remove it.
        """
        if not (self._has_wanted_euis(record.ids) and self._is_activated_as_wanted(record)):
            raise DeviceConflictError(
                f"Device {record.ids.device_id} with {record.ids.euis}, which {_how(record)}, was retained when "
                "its thing was deleted. Delete the device in The Things Stack, or give the thing another deviceID."
            )
        if not self.rewrites_retained:
            return RecordMatch("adopted", record)
        self.check_room(record)
        return RecordMatch("retained", record)

    def check_room(self, record: IdentityRecord) -> None:
        """Raise ``DeviceConflictError`` if the record has no room for the mark and the thing's labels."""
        if reason := self.mark.why_no_room(record.attributes, self.wanted.values.labels or ()):
            raise DeviceConflictError(f"Device {record.ids.device_id} {reason}")

    def _adopted(self, record: IdentityRecord) -> RecordMatch:
        if self._has_wanted_euis(record.ids):
            return RecordMatch("adopted", record)
        if record.ids.device_id != self.wanted.ids.device_id:
            raise _dev_eui_taken(record.ids)
        raise DeviceConflictError(
            f"Device ID {record.ids.device_id} is taken by the device with {record.ids.euis}. Give the thing "
            "another deviceID, or remove that device."
        )

    def _has_wanted_euis(self, ids: DeviceIds) -> bool:
        """A device that never joins needs no JoinEUI, and zeros are none."""
        return ids.euis_match(self.wanted.ids) if self.is_abp else _euis(ids) == _euis(self.wanted.ids)

    def id_in_this_application(self, taken: EuisTakenAnswer) -> str:
        """Return the device with the wanted EUIs; raise ``DeviceConflictError`` if another application has it."""
        if taken.device_id is None or taken.application_id != self.registry.application_id:
            holder = taken.application_id or "which The Things Stack does not name"
            raise DeviceConflictError(
                f"DevEUI {self.wanted.ids.dev_eui} with JoinEUI {self.wanted.ids.join_eui} is registered in another "
                f"application ({holder}). Remove the device there, or delete this thing."
            ) from taken
        return taken.device_id


def held_by_another_stack(record: IdentityRecord, mark: Mark) -> DeviceConflictError:
    marks = ", ".join(mark.attributes())
    return DeviceConflictError(
        f"Device {record.ids.device_id} belongs to a thing of the stack {mark.stack_name}. Delete that thing, or give "
        f"it this stack's stackName. If that stack no longer exists, remove the attributes {marks} from the device in "
        "The Things Stack, then make any update to this thing."
    )


def _registered_otherwise(record: IdentityRecord, wanted: IdentityRecord) -> DeviceConflictError:
    def described(each: IdentityRecord) -> str:
        joins = "no Join Server of the cluster" if each.without_join_server else "the cluster's Join Server"
        return f"DevEUI {each.ids.dev_eui}, JoinEUI {each.ids.join_eui or '(none)'} and {joins}"

    return DeviceConflictError(
        f"Device {record.ids.device_id} was registered with {described(wanted)}. In The Things Stack it now has "
        f"{described(record)}. Nothing was changed. Correct the device there, or delete it there and then make any "
        "update to this thing."
    )


def with_same_dev_eui(registry: DeviceRegistry, ids: DeviceIds) -> IdentityRecord | None:
    """Return the application's device with the DevEUI of ``ids``, which has no JoinEUI.

    The Things Stack keeps only the pair of both EUIs unique: it would take the same DevEUI a second time.

    Raises:
        DeviceConflictError: there are several, and none has the ID.
    """
    if ids.join_eui:
        return None
    found = {record.ids.device_id: record for record in registry.with_dev_eui(ids.dev_eui)}
    if len(found) > 1 and ids.device_id not in found:
        raise DeviceConflictError(
            f"The devices {' and '.join(sorted(found))} have the DevEUI {ids.dev_eui}. Give the thing the deviceID of "
            "the right one, or remove all but one in The Things Stack."
        )
    return found.get(ids.device_id) or next(iter(found.values()), None)


def _dev_eui_taken(ids: DeviceIds) -> DeviceConflictError:
    return DeviceConflictError(
        f"DevEUI {ids.dev_eui} is that of device {ids.device_id}, which has the JoinEUI {ids.join_eui}, and the thing "
        f"has no joinEUI. If it is this device, give the thing joinEUI={ids.join_eui}. If not, remove that device."
    )


def _how(record: IdentityRecord) -> str:
    return "was claimed or never joins (ABP)" if record.without_join_server else "was created with root keys"


def _euis(ids: DeviceIds) -> tuple[str, str]:
    return ids.dev_eui, ids.join_eui


def changed_meanwhile(device_id: str) -> RegistryUnavailableError:
    return RegistryUnavailableError(f"Device {device_id} changed while it was being registered; trying again.")
