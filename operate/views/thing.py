"""One thing: what AWS IoT, the journal and its shadow say of it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from operate.views.outcomes import Trouble, device_id_of, message_in
from operate.views.times import iso
from workflows.ports.journal import Snapshot

_IN_FLIGHT = "Wait: a run is at work on it."
_UNKNOWN = (
    "No event of it has arrived. Does it have the stack's thing type and stackName? Then: thingsync replay, "
    "and thingsync doctor for why."
)


@dataclass(frozen=True, slots=True)
class ThingView:
    """``exists``: AWS IoT has a thing of this name, whose ID is ``thing_id``; ``snapshot`` is None if no event came.

    ``snapshot`` is that of the thing that bears the name now, else of the last that did. ``reported`` is what its
    shadow says, which may be the device's word.
    """

    thing_name: str
    exists: bool
    thing_id: str | None
    version_number: int | None
    snapshot: Snapshot | None
    trouble: Trouble | None
    reported: Mapping[str, object] | None

    @property
    def status(self) -> str:
        return self.snapshot.status if self.snapshot else "unknown"

    @property
    def device_id(self) -> str | None:
        return device_id_of(self.snapshot) if self.snapshot else None

    @property
    def differences(self) -> tuple[str, ...]:
        """What the thing says and its device does not have, since that was there before."""
        device = self.snapshot.state.device if self.snapshot else None
        return device.differences if device else ()

    @property
    def message(self) -> str | None:
        return message_in(self.reported, self.trouble) if self.trouble else None

    @property
    def is_well(self) -> bool:
        return self.status in (("registered", "skipped") if self.exists else ("removed", "skipped"))

    @property
    def what_to_do(self) -> str | None:
        if self.trouble:
            return self.trouble.what_to_do
        if self.snapshot is None:
            return _UNKNOWN
        if self.status == "in flight":
            return _IN_FLIGHT
        return None if self.is_well else "thingsync replay tells the pipeline how the thing stands now."


def thing_json(view: ThingView) -> dict[str, object]:
    snapshot = view.snapshot
    return {
        "thingName": view.thing_name,
        "exists": view.exists,
        "thingId": view.thing_id,
        "versionNumber": view.version_number,
        "status": view.status,
        "well": view.is_well,
        "method": snapshot.state.device.method if snapshot and snapshot.state.device else None,
        "deviceId": view.device_id,
        "differences": list(view.differences),
        "since": iso(snapshot.at) if snapshot else None,
        "run": snapshot.state.latest_run if snapshot else None,
        "error": view.trouble.error_name if view.trouble else None,
        "whatToDo": view.what_to_do,
        "shadow": view.reported,
    }
