"""UpdateDevice: writes what changed on the thing to its device; never resets the session."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from itertools import chain, repeat

from workflows.domain import effects
from workflows.domain.activation import KEY_IS_MISSING, needless_keys
from workflows.domain.attribute import AnyServer, Server
from workflows.domain.attributes import (
    KEYS,
    LOCATION,
    NO_KEYS,
    NO_VALUES,
    RADIO,
    ROOT_KEYS,
    SESSION_KEYS,
    DeviceKeys,
    DeviceValues,
    names_at,
)
from workflows.domain.device import IdentityRecord, NetworkRecord
from workflows.domain.differences import of_values, texts, without
from workflows.domain.facts import RegisteredDevice
from workflows.domain.immutable import refuse_other_activation
from workflows.domain.lorawan import MAC_1_1
from workflows.domain.mark import Mark, has_lost_its_mark, mark_in, why_no_room
from workflows.domain.outcome import UNMODELLED, Outcome, shown
from workflows.domain.updating import PlannedUpdate, refuse_unfit_radio
from workflows.errors import DeviceConflictError, DeviceNotFoundAnswer, ImmutableChangeError, InvalidThingError
from workflows.ports.secrets import DeviceSecrets
from workflows.ports.things_stack import DeviceRegistry
from workflows.steps.counters import without_counters
from workflows.steps.fingerprints import FingerprintKey, fingerprints_of
from workflows.steps.identity import changed_meanwhile
from workflows.steps.record_writing import ANY, write_record
from workflows.steps.refusals import refusals_explained
from workflows.steps.secrets import keys_behind

_LOST = "The Things Stack has lost the thing's device, so it must be registered again"
_UNCLAIMED = "The Things Stack no longer holds the device's claim, so it must be claimed again"
_OWN_KEY = "the device's keys stay as they are; remove the attribute from the thing, or restore its former value"
_NOTHING = "nothing to write: the device has what the thing says"
_OWN_SETTINGS = (
    "The device was there before its thing, so its keys and radio settings stay as they are: change them in The Things "
    "Stack, or delete the device there and update this thing, which registers it again."
)

# IS and the claim read, NS read and IS written, NS, JS and AS with orphans in their way (see write_record). Of a device
# that never joins AS may be read instead of JS.
READS_AT_MOST = 2
CALLS_AT_MOST = READS_AT_MOST + 2 + 3 * 6


@dataclass(frozen=True)
class Update:
    """``mark`` is this run's; ``register_again`` is called if The Things Stack has no such device any more."""

    registry: DeviceRegistry
    update: PlannedUpdate
    mark: Mark
    secrets: DeviceSecrets
    fingerprint_key: FingerprintKey
    register_again: Callable[[], Outcome]

    def run(self) -> Outcome:
        """Write what changed: to IS first, which shows whether the device is there, then to NS, JS and AS.

        Raises:
            InvalidThingError: The Things Stack refuses a value; or the thing gives only one of two root keys; or the
                device must be registered again and the thing lacks attributes for that.
            ImmutableChangeError: the change concerns keys or settings of a device that was there before its thing.
        """
        keys = self._changed_keys()
        nothing_to_write = not self.update.fields and keys is None
        if nothing_to_write and not self.update.repair:
            return self._unchanged()
        record = self.registry.identity(self._device.device_id)
        if record is None or not self._is_as_registered(record):
            return self._registered_again(_LOST)
        if self._has_lost_its_claim():
            return self._registered_again(_UNCLAIMED)
        network = self._network(keys or NO_KEYS)
        if self.update.keeps:
            self._refuse_owners_settings(keys, network)
        elif network is not None and not self._device.is_things_own:
            self._refuse_other_activation(keys or NO_KEYS, network)
        if nothing_to_write:
            return self._skipped("the device is there, and was before its thing: nothing of it is overwritten")
        return self._written(record, network, keys)

    def _written(self, record: IdentityRecord, network: NetworkRecord | None, keys: DeviceKeys | None) -> Outcome:
        update = self.update.against(record.values)
        with refusals_explained(()):
            self._write_identity(record, update)
            self._write_network(network, keys or NO_KEYS)
            self._write_join(keys or NO_KEYS)
            self._write_application(keys or NO_KEYS)
        joins = network.joins if network else not self._device.is_abp
        said = self._summary(keys, update, joins=joins)
        return Outcome("updated", said, self._device.device_id, self._noting_when_made(record))

    def _noting_when_made(self, record: IdentityRecord) -> RegisteredDevice:
        """The journal may have no time, or that of a record that was exported, deleted and restored with its mark."""
        made_at = record.made_at if self._device.is_things_own else ""
        return replace(self._registered(), made_at=made_at)

    def _registered_again(self, reason: str) -> Outcome:
        if self.update.missing:
            raise InvalidThingError({name: f"{text} ({reason})" for name, text in self.update.missing.items()})
        return self.register_again()

    def _concerns(self, server: AnyServer) -> bool:
        return any(name in self.update.fields for name in names_at(server))

    def _network(self, keys: DeviceKeys) -> NetworkRecord | None:
        """Of a device that was there before its thing, only the Network Server shows which keys it takes."""
        asks = self._concerns("ns") or keys.at("ns").given() or (keys.given() and not self._device.is_things_own)
        return self.registry.network(self._device.device_id) if asks else None

    def _refuse_other_activation(self, keys: DeviceKeys, network: NetworkRecord) -> None:
        names = [name for name in keys.given() if (name in ROOT_KEYS) != network.joins]
        moves = network.joins and "devAddr" in self.update.writes
        refuse_other_activation([*(["devAddr"] if moves else []), *names], joins=network.joins)

    def _refuse_owners_settings(self, keys: DeviceKeys | None, network: NetworkRecord | None) -> None:
        """Refuse keys and radio settings that differ from the device's. Equal ones change nothing."""
        changed = {} if keys is None else dict.fromkeys(keys.given(), _OWN_KEY)
        if network is not None:
            changed |= of_values(self._device.values.only(self.update.fields), network.values, "ns")
        if changed:
            raise ImmutableChangeError(f"{'; '.join(texts(changed))}. {_OWN_SETTINGS}")

    def _unchanged(self) -> Outcome:
        """Report that a rejected change was reverted: the user has read the rejection."""
        if not self.update.corrects:
            return self._skipped("no change concerns the device")
        reason = "nothing to write: the thing matches its device again"
        return Outcome("updated", reason, self._device.device_id, self._registered())

    def _skipped(self, reason: str) -> Outcome:
        return Outcome("skipped", reason, self._device.device_id)

    def _is_as_registered(self, record: IdentityRecord) -> bool:
        """Return False for a device that somebody put in its place, or that an earlier update left half-made.

        A device that was retained when an earlier thing was deleted still has the mark of that thing's run.
        """
        if has_lost_its_mark(self._device, record):
            return True
        found = mark_in(record.attributes)
        if found and found.is_of_another_stacks_thing(self.mark):
            return False
        if found and found.is_of_same_stack(self.mark) and found.run == self._device.run:
            return record.ids == self.update.ids
        run = found.run if found and found.is_of_same_thing(self.mark) else ""
        return (record.ids, run) == (self.update.ids, self._device.run)

    def _has_lost_its_claim(self) -> bool:
        """Ask only during a repair: a claim ends with the device, unless somebody ended it before."""
        claimed = self.update.repair and self._device.method == "claimed"
        return claimed and not self.registry.holds_claim(self._device.device_id)

    @property
    def _device(self) -> RegisteredDevice:
        return self.update.device

    @property
    def _is_1_1(self) -> bool:
        return self._device.values.lorawan_version == MAC_1_1

    @property
    def _known(self) -> Mapping[str, str]:
        return self._device.fingerprints

    @cached_property
    def _keys(self) -> DeviceKeys:
        """The keys that the thing gives, references read."""
        return keys_behind(self.update.keys, self.secrets)

    @cached_property
    def _wanted(self) -> Mapping[str, str]:
        """The fingerprints that the device should have: a key that the thing lacks is unchanged; some are for 1.1.

        A device that was taken up without keys may be 1.1, though its thing gives no version.
        """
        prints = {**self._known, **fingerprints_of(self._keys, self.fingerprint_key)}
        may_be_1_1 = self._device.values.lorawan_version in (None, MAC_1_1)
        return {name: each for name, each in prints.items() if may_be_1_1 or name not in needless_keys(prints)}

    def _changed_keys(self) -> DeviceKeys | None:
        """Return the keys to write; None if none changed."""
        if self._keys.only(SESSION_KEYS).given():
            return self._changed_session_keys()
        return None if self._device.is_things_own and self._device.is_abp else self._changed_root_keys()

    def _changed_session_keys(self) -> DeviceKeys | None:
        """Return all keys of a server if any of it changed."""
        changed = {name for name, each in self._wanted.items() if self._known.get(name) != each}
        of_servers = [self._keys.at("ns"), self._keys.at("as")]
        again = self.update.rewrite_keys and not self.update.keeps
        written = [each.given() for each in of_servers if again or changed & each.given().keys()]
        names = {name for given in written for name in given}
        return self._keys.only(names) if names else None

    def _changed_root_keys(self) -> DeviceKeys | None:
        """Return all keys if any changed: the Join Server takes them together."""
        lacks_nwk_key = self._is_1_1 and self._device.method == "created" and "nwkKey" not in self._wanted
        if not self._wanted and "lorawanVersion" not in self.update.fields:
            lacks_nwk_key = False  # it was taken up without keys, so nobody knows which it has
        unfinished = self.update.rewrite_keys and self._keys.app_key
        if self._wanted == self._known and not lacks_nwk_key and not unfinished:
            return None
        if self.update.keeps:
            return self._keys if self._wanted != self._known else None
        given = self._keys.given()
        if absent := [name for name in (ROOT_KEYS if self._is_1_1 else ("appKey",)) if name not in given]:
            raise InvalidThingError(dict.fromkeys(absent, "is missing; the root keys are written together"))
        return self._keys

    def _write_identity(self, record: IdentityRecord, update: PlannedUpdate) -> None:
        """Write over the maps as they were read: what others write to them in between is lost."""
        names = [name for name in names_at("is") if name in update.writes]
        is_unmarked = has_lost_its_mark(self._device, record)
        if not names and not is_unmarked:
            return
        said = record.saying(self._device.values, names, update.before)
        if is_unmarked:
            mark = replace(self.mark, run=self._device.run)
            said = replace(said, attributes={**said.attributes, **mark.attributes()})
        ours = {**self.mark.attributes(), **(self._device.values.labels or {})}
        if reason := why_no_room(said.attributes, [key for key in said.attributes if key in ours]):
            raise DeviceConflictError(f"Device {record.ids.device_id} {reason}")
        try:
            self.registry.update_identity(said, names, with_mark=is_unmarked)
        except DeviceNotFoundAnswer as gone:
            raise changed_meanwhile(self._device.device_id) from gone

    def _write_network(self, there: NetworkRecord | None, keys: DeviceKeys) -> None:
        """Write plan and versions together; those that the thing does not give stay as the device has them.

        ``supports_join`` can't change, so it is written only with a new record, or in the place of one that had other
        EUIs. An update that wrote it would be refused for an ABP device, or would remove that device.
        """
        if not self._writes("ns") and not keys.at("ns").given():
            return
        ids = self.update.ids
        sets = repeat(partial(self._set_network, there.values if there else NO_VALUES))
        updates: list[Callable[[], None]] = []
        if there is not None:
            changed, names = self._changed_of(there.values)
            updates = [partial(self.registry.update_network, ids, changed, names, keys)]
        in_turn: Iterator[Callable[[], None]] = chain(updates, sets)

        def write() -> None:
            next(in_turn)()

        self._write_record("ns", write)

    def _set_network(self, there: DeviceValues) -> None:
        """The counters that the thing gives are those of its device's creation, the best that is known."""
        values = self._device.values.over(there.only(RADIO))
        refuse_unfit_radio(values)
        self._refuse_lost_session("nwkSKey")
        self.registry.set_network(self.update.ids, values, self._keys.at("ns"))

    def _refuse_lost_session(self, key: str) -> None:
        if self._device.is_abp and key not in self._keys.given():
            raise InvalidThingError({key: f"{KEY_IS_MISSING} (The Things Stack has lost the device's session)"})

    def _changed_of(self, there: DeviceValues) -> tuple[DeviceValues, tuple[str, ...]]:
        names = self.update.writes
        if not any(name in RADIO for name in names):
            return self._device.values, names
        values = self._device.values.over(there.only(RADIO))
        refuse_unfit_radio(values)
        return values, (*names, *RADIO)

    def _writes(self, server: AnyServer) -> bool:
        return any(name in self.update.writes for name in names_at(server))

    def _write_join(self, keys: DeviceKeys) -> None:
        if keys.at("js").given():
            self._write_record("js", lambda: self.registry.set_join(self.update.ids, keys))

    def _write_application(self, keys: DeviceKeys) -> None:
        """A repair writes here, too: the record may be gone."""
        ids, values = self.update.ids, self._device.values
        if self.update.repair and self._device.is_things_own:
            if not self._keys.app_s_key and not self.registry.has_record("as", ids.device_id):
                self._refuse_lost_session("appSKey")
            lasting, session = without_counters(values), self._keys.at("as")
            self._write_record("as", lambda: self.registry.set_application(ids, lasting, session))
        elif self._writes("as") or keys.at("as").given():
            names = self.update.writes
            self._write_record("as", lambda: self.registry.update_application(ids, values, names, keys))

    def _write_record(self, server: Server, write: Callable[[], None]) -> None:
        write_record(
            self.registry, server, self.update.ids, write, may_remove=ANY if self._device.is_things_own else ()
        )

    def _registered(self) -> RegisteredDevice:
        return replace(
            self._device,
            fingerprints=self._wanted,
            differences=without(self._device.differences, self._settled_attributes),
        )

    @property
    def _settled_attributes(self) -> tuple[str, ...]:
        """Name the attributes in which device and thing agree now: written ones, and equal ones.

        A place is written whole.
        """
        fields = self.update.fields
        place = LOCATION if any(name in LOCATION for name in fields) else ()
        return (*fields, *place, *(() if self.update.keeps else KEYS))

    def _summary(self, keys: DeviceKeys | None, update: PlannedUpdate, *, joins: bool) -> str:
        names, counters = update.named(update.writes), effects.counters(update.fields)
        said = [effects.written(names, list(keys.given()) if keys else [], joins=joins)] if names or keys else []
        said += [counters] if counters else []
        return f"{'. '.join(said) or _NOTHING}{self._by_model(names)}"

    def _by_model(self, written: tuple[str, ...]) -> str:
        given = shown(self._device.values, [name for name in self._device.from_model if name in written])
        return f"; {UNMODELLED}" if self.update.is_unmodelled else f"; by the model: {given}" if given else ""
