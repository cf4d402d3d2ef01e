"""UpdateDevice: what changed on the thing reaches its device; the session is never reset."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

from workflows.domain.device import IdentityRecord, RadioSettings, RootKeys
from workflows.domain.differences import of_radio, texts, without
from workflows.domain.facts import RegisteredDevice
from workflows.domain.lorawan import MAC_1_1
from workflows.domain.mark import Mark, mark_in
from workflows.domain.outcome import Fingerprints, Outcome
from workflows.domain.updating import RADIO, PlannedUpdate, refuse_unfit_radio
from workflows.errors import DeviceNotFoundAnswer, ImmutableChangeError, InvalidThingError
from workflows.ports import DeviceRegistry, DeviceSecrets, Server
from workflows.steps.fingerprints import FingerprintKey, fingerprints_of
from workflows.steps.identity import changed_meanwhile
from workflows.steps.record_writing import ANY, write_record
from workflows.steps.refusals import refusals_explained
from workflows.steps.secrets import key_behind

_LOST = "The Things Stack has lost the thing's device, so that it must be registered again"
_UNCLAIMED = "The Things Stack no longer holds the device's claim, so that it must be claimed again"
_KEPT_KEY = "the device keeps the keys that it has; take the attribute off the thing, or give it back its former value"
_KEPT = (
    "The device was there before its thing, so it keeps its keys and radio settings: change them in The Things Stack, "
    "or delete the device there and update this thing, which registers it again."
)
_AT_NEXT_JOIN = "radio settings and keys take effect at the device's next join"

# IS and the claim read, NS read and IS written, NS, JS and AS with orphans in their way (see place).
LOOKS_AT_MOST = 2
CALLS_AT_MOST = LOOKS_AT_MOST + 2 + 3 * 6


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
        """Write what changed: to IS first, which knows whether the device is there, then to NS and JS.

        Raises:
            InvalidThingError: The Things Stack refuses a value, the keys that go together are not all given, or the
                device must be registered again and the thing lacks what that takes.
            ImmutableChangeError: the device was there before its thing, and keeps what was to be changed.
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
        radio = self.registry.radio(self._device.device_id) if self._concerns_radio else None
        if self.update.keeps:
            self._refuse_what_is_kept(keys, radio)
        if nothing_to_write:
            return self._skipped("the device is there, and was before its thing: nothing of it is overwritten")
        with refusals_explained(()):
            self._write_identity()
            self._write_radio(radio)
            self._write_keys(keys)
            self._write_application()
        return Outcome("updated", self._told(keys), self._device.device_id, self._registered())

    def _registered_again(self, reason: str) -> Outcome:
        if self.update.missing:
            raise InvalidThingError({name: f"{text} ({reason})" for name, text in self.update.missing.items()})
        return self.register_again()

    @property
    def _concerns_radio(self) -> bool:
        return any(name in RADIO for name in self.update.fields)

    def _refuse_what_is_kept(self, keys: RootKeys | None, radio: RadioSettings | None) -> None:
        """Refuse other keys, and other radio settings than the device has; to say what it has changes nothing."""
        changed = {} if keys is None else dict.fromkeys(self._given_keys(keys), _KEPT_KEY)
        if radio is not None:
            said = {name: value for name, value in self._radio_said().items() if name in self.update.fields}
            changed |= of_radio(said, radio)
        if changed:
            raise ImmutableChangeError(f"{'; '.join(texts(changed))}. {_KEPT}")

    def _given_keys(self, keys: RootKeys) -> list[str]:
        return [name for name, key in (("appKey", keys.app_key), ("nwkKey", keys.nwk_key)) if key]

    def _radio_said(self) -> dict[str, str | None]:
        device = self._device
        values = (device.frequency_plan_id, device.lorawan_version, device.lorawan_phy_version)
        return dict(zip(RADIO, values, strict=True))

    def _unchanged(self) -> Outcome:
        """Tell that a change which could not be made was taken back: the thing's user has read that it was refused."""
        if not self.update.corrects:
            return self._skipped("no change concerns the device")
        reason = "nothing to write: the thing matches its device again"
        return Outcome("updated", reason, self._device.device_id, self._registered())

    def _skipped(self, reason: str) -> Outcome:
        return Outcome("skipped", reason, self._device.device_id)

    def _is_as_registered(self, record: IdentityRecord) -> bool:
        """Tell the thing's device from one that somebody put in its place, or that an earlier update left half-made.

        A device that was kept when its thing went still bears the mark of that thing's run.
        """
        found = mark_in(record.attributes)
        if found and found.is_of_another_stacks_thing(self.mark):
            return False
        if found and found.is_of_same_stack(self.mark) and found.run == self._device.run:
            return record.ids == self.update.ids
        run = found.run if found and found.is_of_same_thing(self.mark) else ""
        return (record.ids, run) == (self.update.ids, self._device.run)

    def _has_lost_its_claim(self) -> bool:
        """Ask only when repairing: a claim goes with the device, unless somebody took it back."""
        claimed = self.update.repair and self._device.method == "claimed"
        return claimed and not self.registry.holds_claim(self._device.device_id)

    @property
    def _device(self) -> RegisteredDevice:
        return self.update.device

    @property
    def _is_1_1(self) -> bool:
        return self._device.lorawan_version == MAC_1_1

    @property
    def _known(self) -> Fingerprints:
        return Fingerprints(self._device.app_key_fingerprint, self._device.nwk_key_fingerprint)

    @cached_property
    def _keys(self) -> RootKeys:
        """The keys that the thing gives, references read; empty where it gives none."""
        return RootKeys(
            app_key=key_behind("appKey", self.update.app_key, self.secrets) or "",
            nwk_key=key_behind("nwkKey", self.update.nwk_key, self.secrets),
        )

    @cached_property
    def _wanted(self) -> Fingerprints:
        """What the device should have: a key that the thing does not give is unchanged; NwkKey is for 1.1 alone."""
        given = fingerprints_of(self._keys.app_key or None, self._keys.nwk_key, self.fingerprint_key)
        return Fingerprints(
            app_key=given.app_key or self._known.app_key,
            nwk_key=(given.nwk_key or self._known.nwk_key) if self._is_1_1 else None,
        )

    def _changed_keys(self) -> RootKeys | None:
        """Return the keys to write, all of them, since the Join Server takes them as a whole."""
        lacks_nwk_key = self._is_1_1 and self._device.method == "created" and self._wanted.nwk_key is None
        unfinished = self.update.rewrite_keys and self._keys.app_key
        if self._wanted == self._known and not lacks_nwk_key and not unfinished:
            return None
        if self.update.keeps:
            return self._keys if self._wanted != self._known else None
        needed = {"appKey": self._keys.app_key, **({"nwkKey": self._keys.nwk_key} if self._is_1_1 else {})}
        absent = [name for name, key in needed.items() if not key]
        if absent:
            raise InvalidThingError(dict.fromkeys(absent, "is missing; the root keys are written together"))
        return self._keys

    def _write_identity(self) -> None:
        values = {"name": self._device.name, "description": self._device.description}
        changes = {name: value for name, value in values.items() if name in self.update.fields}
        if not changes:
            return
        try:
            self.registry.update_identity(self._device.device_id, changes)
        except DeviceNotFoundAnswer as gone:
            raise changed_meanwhile(self._device.device_id) from gone

    def _write_radio(self, there: RadioSettings | None) -> None:
        """Write plan and versions together; what the thing does not say stays as the device has it.

        ``supports_join`` can't change, so that it is written only with a new record: an update must neither be refused
        for it nor clear away a device that is activated by personalization.
        """
        if not self._writes_radio:
            return
        ids, settings = self.update.ids, self._radio_settings(there)
        if there is None:
            self._place("ns", lambda: self.registry.set_network(ids, settings))
        else:
            self._place("ns", lambda: self.registry.update_network(ids, settings))

    @property
    def _writes_radio(self) -> bool:
        return not self.update.keeps and self._concerns_radio

    def _radio_settings(self, there: RadioSettings | None) -> RadioSettings:
        known = there or RadioSettings("", "", "")
        settings = RadioSettings(
            self._device.frequency_plan_id or known.frequency_plan_id,
            self._device.lorawan_version or known.lorawan_version,
            self._device.lorawan_phy_version or known.lorawan_phy_version,
        )
        refuse_unfit_radio(settings)
        return settings

    def _write_keys(self, keys: RootKeys | None) -> None:
        if keys is not None:
            self._place("js", lambda: self.registry.set_join(self.update.ids, keys))

    def _write_application(self) -> None:
        """Nothing that may change stands on the Application Server, so that only a repair writes there."""
        if self.update.repair and self._device.is_things_own:
            self._place("as", lambda: self.registry.set_application(self.update.ids))

    def _place(self, server: Server, write: Callable[[], None]) -> None:
        write_record(
            self.registry, server, self.update.ids, write, may_remove=ANY if self._device.is_things_own else ()
        )

    def _registered(self) -> RegisteredDevice:
        return replace(
            self._device,
            app_key_fingerprint=self._wanted.app_key,
            nwk_key_fingerprint=self._wanted.nwk_key,
            differences=without(self._device.differences, self._settled_attributes),
        )

    @property
    def _settled_attributes(self) -> tuple[str, ...]:
        """Name what the device now has of its thing: what was written, and what was found to be as the thing says."""
        return (*self.update.fields, *(() if self.update.keeps else ("appKey", "nwkKey")))

    def _told(self, keys: RootKeys | None) -> str:
        written = [name for name in self.update.fields if self._writes_radio or name not in RADIO]
        if not written and keys is None:
            return "nothing to write: the device has what the thing says"
        later = f"; {_AT_NEXT_JOIN}" if keys is not None or self._writes_radio else ""
        return f"written: {', '.join([*written, *(['root keys'] if keys else [])])}{later}"
