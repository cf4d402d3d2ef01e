"""CreateDevice and ClaimDevice: ensure the device part by part. Running again completes it."""

from collections.abc import Callable, Collection, Container, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal, get_args

from workflows.domain.attribute import Server
from workflows.domain.attributes import (
    NO_KEYS,
    NO_VALUES,
    DeviceKeys,
    DeviceValues,
    names_left_over,
    names_written,
    without_session,
)
from workflows.domain.device import DeviceIds, IdentityRecord, NetworkRecord
from workflows.domain.differences import of_adopted, texts
from workflows.domain.facts import Method, RegisteredDevice
from workflows.domain.mark import Mark, mark_in
from workflows.domain.naming import is_same_change
from workflows.domain.outcome import Outcome, RegistrationResult, outcome_of
from workflows.domain.planning import PlannedDevice
from workflows.errors import ClaimDeniedAnswer, ClaimRejectedError
from workflows.ports.secrets import DeviceSecrets
from workflows.ports.things_stack import DeviceRegistry
from workflows.steps import counters
from workflows.steps.fingerprints import FingerprintKey, fingerprints_of
from workflows.steps.identity import ACTIVATION_CALLS_AT_MOST, Identity, RecordMatch
from workflows.steps.ownership import DeviceOwnership
from workflows.steps.record_writing import ANY, write_record
from workflows.steps.refusals import refusals_explained
from workflows.steps.removal import Removal
from workflows.steps.secrets import with_secrets
from workflows.values import value

# How the device is activated: it joins by its keys on the cluster's Join Server, or by a claim; or it has a session.
Way = Literal["keys", "code", "session"]

# Three creates, two records in the way read and removed, one overwritten. Only one of them can have all the IDs of the
# device: then it is asked how it is activated. A device without a JoinEUI is searched three times.
_IDENTITY_CALLS_AT_MOST: Mapping[Way, int] = {"keys": 16, "code": 16 + 1, "session": 16 + ACTIVATION_CALLS_AT_MOST + 3}
# The Network Server and the parts read, and the parts written: of at most six calls each (see write_record), a claim of
# three. A session has no part on the Join Server, but counters.
_PARTS_CALLS_AT_MOST: Mapping[Way, int] = {
    "keys": 4 + 3 * 6,
    "code": 5 + 3 + 2 * 6,
    "session": 3 + counters.CALLS_AT_MOST + 2 * 6,
}
# The functions' timeouts depend on it. Before a first registration, a half-made device under another ID is removed.
_OWN_CALLS_AT_MOST = max(_IDENTITY_CALLS_AT_MOST[way] + _PARTS_CALLS_AT_MOST[way] for way in get_args(Way))
CALLS_AT_MOST = 6 + _OWN_CALLS_AT_MOST


@value
class Part:
    """A part of a device beside its identity: a server's record, or the claim.

    ``put`` takes the device IDs whose orphaned records it may remove (see ``write_record``).
    """

    is_there: Callable[[], bool]
    put: Callable[[Container[str]], None]


@dataclass(frozen=True)
class Registration:
    """``mark`` is this run's; ``resolve_owner`` is ``Ownership.resolve``, ``left_by`` is ``Ownership.left_by``.

    ``rewrites_retained`` is explained at ``Identity``.
    ``registered_before`` is the device that the journal has as registered. The Things Stack has lost it, or its claim.
    Secrets are read after the Identity Server's record has this run's mark: a missing secret rejects the thing, and an
    undo removes only what has the mark. A retained device, and ``registered_before``, get the mark last, so an undo
    leaves them.
    """

    registry: DeviceRegistry
    planned: PlannedDevice
    mark: Mark
    secrets: DeviceSecrets
    fingerprint_key: FingerprintKey
    resolve_owner: Callable[[DeviceIds, str | None], DeviceOwnership]
    registered_before: RegisteredDevice | None = None
    rewrites_retained: bool = False
    left_by: Callable[[str, DeviceIds], DeviceValues] = lambda _thing_id, _found: NO_VALUES

    def create(self, leftovers: Sequence[str] = ()) -> Outcome:
        """Ensure the device on the Identity (IS), Join (JS), Network (NS) and Application Server (AS).

        A device that never joins (ABP) gets nothing on JS: NS and AS have its session.
        ``leftovers`` are the IDs of half-made devices of this thing, which are removed first.

        Raises:
            DeviceConflictError: its ID or EUIs are another device's.
            InvalidThingError: The Things Stack refuses a value of the thing, or a secret is missing.
            StackConfigurationError: The Things Stack refuses one of the stack's own defaults.
        """
        return self._ensure("session" if self.planned.is_abp else "keys", leftovers)

    def claim(self, leftovers: Sequence[str] = ()) -> Outcome:
        """Ensure the device on IS, its claim, NS and AS. IS is first: ending a claim needs its record.

        Raises:
            ClaimRejectedError: the Join Server refuses the claim.
            DeviceConflictError, InvalidThingError, StackConfigurationError: as ``create``.
        """
        return self._ensure("code", leftovers)

    def create_or_claim(self) -> Outcome:
        """Register the way that the thing's attributes ask for."""
        return self.claim() if self.planned.authentication_code else self.create()

    @cached_property
    def device(self) -> PlannedDevice:
        return with_secrets(self.planned, self.secrets)

    def _ensure(self, way: Way, leftovers: Sequence[str]) -> Outcome:
        for device_id in leftovers:
            Removal(self.registry, self.mark).remove(device_id)
        with refusals_explained(self.planned.from_stack):
            identity = self._identity(way)
            match = identity.ensure()
            ids = match.record.ids
            if match.kind == "adopted":
                result = self._adopt(way, match.record)
            else:
                values, cleared = self._values(ids.device_id), self._left_over(match)
                records = [self._network(ids, values, cleared), self._application(ids, values, cleared)]
                parts = [*self._join(way, ids), *records]
                run = self._put(parts, match, identity)
                method: Method = "claimed" if way == "code" else "created"
                result = RegistrationResult(method, ids.device_id, run, made_at=match.record.made_at)
        prints = fingerprints_of(self.device.keys, self.fingerprint_key)
        return outcome_of(result, replace(self.planned, join_eui=ids.join_eui), prints)

    def _identity(self, way: Way) -> Identity:
        return Identity(
            self.registry,
            self._wanted(way),
            self.mark,
            self.resolve_owner,
            is_abp=way == "session",
            registered_id=self._registered_id,
            rewrites_retained=self.rewrites_retained,
            before=self.planned.before,
            left_by=self.left_by,
        )

    @property
    def _registered_id(self) -> str:
        return self.registered_before.device_id if self.registered_before else ""

    def _adopt(self, way: Way, record: IdentityRecord) -> RegistrationResult:
        """Add missing parts to a device that was there before. All that it has stays, how it is activated too."""
        ids = record.ids
        network = self.registry.network(ids.device_id)
        is_theirs = self._is_activated_by_owner(way, record, network)
        join = [] if is_theirs else self._join(way, ids)
        values = self._values(ids.device_id, with_session=not is_theirs)
        lacking = [*join, *([] if network else [self._network(ids, values)])]
        # The keys of a session of theirs are the thing's, if both have the same address.
        is_same = network is not None and network.values.dev_addr == self.planned.values.dev_addr
        application = self._application(ids, self.planned.values if is_same else values)
        before = self.registered_before
        may_remove = [before.device_id] if before and before.is_things_own else []
        for part in [*lacking, *([] if application.is_there() else [application])]:
            part.put(may_remove)
        differences = of_adopted(self.planned, record, network, is_theirs=is_theirs)
        return RegistrationResult("adopted", ids.device_id, differences=texts(differences))

    def _is_activated_by_owner(self, way: Way, record: IdentityRecord, network: NetworkRecord | None) -> bool:
        """Return whether it was settled how the device is activated before its thing came."""
        if record.without_join_server != (way != "keys") or (network is not None and not network.joins):
            return True
        if way == "session":
            return network is not None or self._joins(record.ids.device_id)
        return any(part.is_there() for part in self._join(way, record.ids))

    def _put(self, parts: Sequence[Part], match: RecordMatch, identity: Identity) -> str:
        """Write the parts; return the run whose mark the device bears.

        All parts are written, even those that exist: they may be left over from an earlier device.
        """
        is_registered = match.record.ids.device_id == self._registered_id
        run = self.mark.run
        if match.kind == "owned" and not is_registered:
            run = self._mark_again(parts, match, identity)
        for part in parts:
            part.put(ANY)
        if match.kind == "retained" or (match.kind == "owned" and is_registered):
            identity.write_over(match.record, self._left_over(match))
        return run

    def _mark_again(self, parts: Sequence[Part], match: RecordMatch, identity: Identity) -> str:
        """Put this run's mark on the thing's own device; return the run whose mark it bears then.

        If an earlier run of this change completed the device, leave that run's mark: no undo may remove the device.
        """
        found = mark_in(match.record.attributes)
        if found and is_same_change(found.run, self.mark.run) and all(part.is_there() for part in parts):
            return found.run
        identity.write_over(match.record, self._left_over(match))
        return self.mark.run

    def _left_over(self, match: RecordMatch) -> tuple[str, ...]:
        """Name what of a device that was never registered as its thing says now is of an earlier thing or change.

        What somebody gave a registered or retained device beside its thing stays.
        """
        left = names_left_over(self.planned.values)
        is_registered = match.record.ids.device_id == self._registered_id
        if match.kind == "reclaimed" or (match.kind == "owned" and not is_registered):
            return left
        is_again = match.kind in ("created", "owned")
        return tuple(name for name in left if is_again and name in self.planned.unfinished)

    def _wanted(self, way: Way) -> IdentityRecord:
        values = self.planned.values.at("is")
        record = IdentityRecord(self.planned.ids, attributes=self.mark.attributes(), without_join_server=way != "keys")
        return record.saying(values, names_written(values))

    def _join(self, way: Way, ids: DeviceIds) -> list[Part]:
        return {"keys": [self._join_record(ids)], "code": [self._claim(ids)], "session": []}[way]

    def _join_record(self, ids: DeviceIds) -> Part:
        return self._record("js", ids, lambda: self.registry.set_join(ids, self.device.keys))

    def _network(self, ids: DeviceIds, values: DeviceValues, cleared: Collection[str] = ()) -> Part:
        def put() -> None:
            self.registry.set_network(ids, values, self._session_keys(values), cleared=cleared)

        return self._record("ns", ids, put)

    def _application(self, ids: DeviceIds, values: DeviceValues, cleared: Collection[str] = ()) -> Part:
        def put() -> None:
            self.registry.set_application(ids, values, self._session_keys(values), cleared=cleared)

        return self._record("as", ids, put)

    def _session_keys(self, values: DeviceValues) -> DeviceKeys:
        return NO_KEYS if values.dev_addr is None else self.device.keys

    def _values(self, device_id: str, *, with_session: bool = True) -> DeviceValues:
        if not with_session:
            return without_session(self.planned.values)
        return counters.without_running_counters(self.registry, device_id, self.planned.values)

    def _record(self, server: Server, ids: DeviceIds, write: Callable[[], None]) -> Part:
        return Part(
            is_there=lambda: self.registry.has_record(server, ids.device_id),
            put=lambda may_remove: write_record(self.registry, server, ids, write, may_remove=may_remove),
        )

    def _claim(self, ids: DeviceIds) -> Part:
        return Part(is_there=lambda: self._joins(ids.device_id), put=lambda _: self._claim_now(ids))

    def _joins(self, device_id: str) -> bool:
        """Return whether the device is claimed, or joins by keys that somebody gave it: a claim would remove them."""
        return self.registry.holds_claim(device_id) or self.registry.has_record("js", device_id)

    def _claim_now(self, ids: DeviceIds) -> None:
        """Claim the device. A denial is a success if the claim is ours: an earlier answer may have been lost.

        Keys on the cluster's own Join Server are removed only when the claim holds: until then the device may join by
        them.
        """
        try:
            self.registry.claim(ids, self.device.authentication_code or "")
        except ClaimDeniedAnswer as denied:
            if not self.registry.holds_claim(ids.device_id):
                raise ClaimRejectedError(str(denied)) from denied
        self.registry.delete_record("js", ids.device_id)
