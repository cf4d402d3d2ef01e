"""CreateDevice and ClaimDevice: the device is ensured part by part, so that running again completes it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from workflows.domain.decision import PlannedDevice
from workflows.domain.device import DeviceIds, IdentityRecord, RootKeys
from workflows.domain.mark import Mark
from workflows.domain.outcome import Outcome, registered
from workflows.errors import ClaimDeniedAnswer, ClaimRejectedError
from workflows.ports import DeviceRegistry, Server
from workflows.steps.identity import Standing, ensure_identity, rewrite_mark
from workflows.steps.placing import place
from workflows.steps.refusals import refusals_explained

# The longest way through: IS created and read, a look at three parts, IS updated, and three parts of at most six
# calls (see place). The functions' timeouts rest on it.
CALLS_AT_MOST = 2 + 3 + 1 + 3 * 6


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a device beside its identity: a server's record, or the claim."""

    is_there: Callable[[], bool]
    put: Callable[[], None]


@dataclass(frozen=True, slots=True)
class Registration:
    """``device`` with its secrets read; ``mark`` is this run's."""

    registry: DeviceRegistry
    device: PlannedDevice
    mark: Mark

    def create(self) -> Outcome:
        """Ensure the device on IS, JS, NS and AS.

        Raises:
            DeviceConflictError: its ID or EUIs are another device's.
            InvalidThingError: The Things Stack refuses a value of the thing.
            StackConfigurationError: it refuses one of the stack's own defaults.
        """
        return self._ensure(self._join_record, claimed=False)

    def claim(self) -> Outcome:
        """Ensure the device on IS, its claim, NS and AS; IS first, since taking a claim back needs its record.

        Raises:
            ClaimRejectedError: the Join Server refuses the claim.
            DeviceConflictError, InvalidThingError, StackConfigurationError: as ``create``.
        """
        return self._ensure(self._claim, claimed=True)

    def _ensure(self, join: Callable[[DeviceIds], Part], *, claimed: bool) -> Outcome:
        with refusals_explained(self.device):
            standing = ensure_identity(self.registry, self._identity(claimed=claimed), self.mark)
            ids = standing.record.ids
            # A device that somebody else registered the other way keeps its own way of joining.
            joins = [join(ids)] if standing.record.claimed == claimed else []
            self._put([*joins, self._network(ids), self._application(ids)], standing)
        if standing.kind == "adopted":
            return registered("adopted", ids.device_id, self.device)
        return registered("claimed" if claimed else "created", ids.device_id, self.device)

    def _put(self, parts: Sequence[Part], standing: Standing) -> None:
        """Write a device of this thing whole: what seems to be there may be left over from an earlier device."""
        absent = [] if standing.kind == "new" else [part for part in parts if not part.is_there()]
        if absent and standing.kind == "ours":
            rewrite_mark(self.registry, standing.record, self.mark)
        for part in absent if standing.kind == "adopted" else parts:
            part.put()

    def _identity(self, *, claimed: bool) -> IdentityRecord:
        return IdentityRecord(
            ids=self.device.ids,
            name=self.device.name,
            description=self.device.description,
            attributes=self.mark.attributes(),
            claimed=claimed,
        )

    def _join_record(self, ids: DeviceIds) -> Part:
        keys = RootKeys(app_key=self.device.app_key or "", nwk_key=self.device.nwk_key)
        return self._record("js", ids, lambda: self.registry.set_join(ids, keys))

    def _network(self, ids: DeviceIds) -> Part:
        return self._record("ns", ids, lambda: self.registry.set_network(ids, self.device.radio))

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
