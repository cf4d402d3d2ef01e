"""CreateDevice and ClaimDevice: the device is ensured part by part, so that running again completes it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from workflows.domain.device import DeviceIds, IdentityRecord, RootKeys
from workflows.domain.facts import Method
from workflows.domain.mark import Mark, mark_in
from workflows.domain.naming import is_same_change
from workflows.domain.outcome import Found, Outcome, registered
from workflows.domain.planning import PlannedDevice
from workflows.errors import ClaimDeniedAnswer, ClaimRejectedError
from workflows.ports import DeviceRegistry, DeviceSecrets, Server
from workflows.steps.fingerprints import FingerprintKey, fingerprints_of
from workflows.steps.identity import Identity, Standing
from workflows.steps.ownership import Remains
from workflows.steps.placing import place
from workflows.steps.refusals import refusals_explained
from workflows.steps.removal import Removal
from workflows.steps.secrets import with_secrets

# A half-made device under another ID removed; then the identity: three creates, two records in the way read and
# removed, one written over; then a look at three parts, and three parts of at most six calls (see place).
CALLS_AT_MOST = 6 + (3 + 2 * 6 + 1) + 3 + 3 * 6


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a device beside its identity: a server's record, or the claim."""

    is_there: Callable[[], bool]
    put: Callable[[], None]


@dataclass(frozen=True)
class Registration:
    """``mark`` is this run's; ``take`` is ``Ownership``'s.

    Secrets are read after the Identity Server's record bears this run's mark: a secret that is missing rejects the
    thing, and only what bears the mark is undone. What was kept when its thing went bears it last, and is not undone.
    """

    registry: DeviceRegistry
    planned: PlannedDevice
    mark: Mark
    secrets: DeviceSecrets
    fingerprint_key: FingerprintKey
    take: Callable[[str, str | None], Remains]

    def create(self, leftovers: Sequence[str] = ()) -> Outcome:
        """Ensure the device on IS, JS, NS and AS, after removing half-made ones under other IDs.

        Raises:
            DeviceConflictError: its ID or EUIs are another device's.
            InvalidThingError: The Things Stack refuses a value of the thing, or a secret is not there.
            StackConfigurationError: it refuses one of the stack's own defaults.
        """
        return self._ensure(self._join_record, leftovers, claimed=False)

    def claim(self, leftovers: Sequence[str] = ()) -> Outcome:
        """Ensure the device on IS, its claim, NS and AS; IS first, since taking a claim back needs its record.

        Raises:
            ClaimRejectedError: the Join Server refuses the claim.
            DeviceConflictError, InvalidThingError, StackConfigurationError: as ``create``.
        """
        return self._ensure(self._claim, leftovers, claimed=True)

    def create_or_claim(self) -> Outcome:
        """Register the way that the thing's attributes ask for."""
        return self.claim() if self.planned.authentication_code else self.create()

    @cached_property
    def device(self) -> PlannedDevice:
        return with_secrets(self.planned, self.secrets)

    def _ensure(self, join: Callable[[DeviceIds], Part], leftovers: Sequence[str], *, claimed: bool) -> Outcome:
        for device_id in leftovers:
            Removal(self.registry, self.mark).remove(device_id)
        with refusals_explained(self.planned.from_stack):
            identity = Identity(self.registry, self._wanted(claimed=claimed), self.mark, self.take)
            standing = identity.ensure()
            ids = standing.record.ids
            # A device that somebody else registered the other way keeps its own way of joining.
            joins = [join(ids)] if standing.record.claimed == claimed else []
            run = self._put([*joins, self._network(ids), self._application(ids)], standing, identity)
        prints = fingerprints_of(self.device.app_key, self.device.nwk_key, self.fingerprint_key)
        return registered(Found(_method(standing, claimed=claimed), ids.device_id, run), self.planned, prints)

    def _put(self, parts: Sequence[Part], standing: Standing, identity: Identity) -> str:
        """Write the parts; return the run whose mark the device bears, empty if it bears none of ours.

        A device of this thing is written whole: what seems to be there may be left over from an earlier device.
        """
        if standing.kind == "adopted":
            _put_all(part for part in parts if not part.is_there())
            return ""
        run = self.mark.run
        if standing.kind == "ours":
            run = self._taken_up(parts, standing, identity)
        _put_all(parts)
        if standing.kind == "kept":
            identity.write_over(standing.record)
        return run

    def _taken_up(self, parts: Sequence[Part], standing: Standing, identity: Identity) -> str:
        """Put this run's mark on a device unless it is complete for this very change: no undo may remove that."""
        found = mark_in(standing.record.attributes)
        if found and is_same_change(found.run, self.mark.run) and all(part.is_there() for part in parts):
            return found.run
        identity.write_over(standing.record)
        return self.mark.run

    def _wanted(self, *, claimed: bool) -> IdentityRecord:
        return IdentityRecord(
            ids=self.planned.ids,
            name=self.planned.name,
            description=self.planned.description,
            attributes=self.mark.attributes(),
            claimed=claimed,
        )

    def _join_record(self, ids: DeviceIds) -> Part:
        def write() -> None:
            self.registry.set_join(ids, RootKeys(app_key=self.device.app_key or "", nwk_key=self.device.nwk_key))

        return self._record("js", ids, write)

    def _network(self, ids: DeviceIds) -> Part:
        return self._record("ns", ids, lambda: self.registry.set_network(ids, self.planned.radio))

    def _application(self, ids: DeviceIds) -> Part:
        return self._record("as", ids, lambda: self.registry.set_application(ids))

    def _record(self, server: Server, ids: DeviceIds, write: Callable[[], None]) -> Part:
        return Part(
            is_there=lambda: self.registry.has_record(server, ids.device_id),
            put=lambda: place(self.registry, server, ids, write),
        )

    def _claim(self, ids: DeviceIds) -> Part:
        return Part(is_there=lambda: self._joins(ids.device_id), put=lambda: self._claim_now(ids))

    def _joins(self, device_id: str) -> bool:
        """Tell whether the device is claimed, or joins by keys that somebody gave it: a claim would remove them."""
        return self.registry.holds_claim(device_id) or self.registry.has_record("js", device_id)

    def _claim_now(self, ids: DeviceIds) -> None:
        """Claim, and take a denial for success if the claim is ours: its first answer may have been lost."""
        self.registry.delete_record("js", ids.device_id)
        try:
            self.registry.claim(ids, self.device.authentication_code or "")
        except ClaimDeniedAnswer as denied:
            if not self.registry.holds_claim(ids.device_id):
                raise ClaimRejectedError(str(denied)) from denied


def _put_all(parts: Iterable[Part]) -> None:
    for part in parts:
        part.put()


def _method(standing: Standing, *, claimed: bool) -> Method:
    if standing.kind == "adopted":
        return "adopted"
    return "claimed" if claimed else "created"
