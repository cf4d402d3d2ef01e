"""What `thingsync status` and `thingsync doctor` show: the fleet, one thing, the checks. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from operate.views.failures import Trouble, device_id_of, message_in
from operate.views.times import iso
from workflows.domain.facts import Method
from workflows.domain.fold import Status
from workflows.ports.journal import Snapshot

STATUSES: tuple[Status, ...] = get_args(Status)
METHODS: tuple[Method, ...] = get_args(Method)


@dataclass(frozen=True, slots=True)
class Depth:
    """Messages of a queue; ``oldest_age_s`` is None where nothing waits."""

    waiting: int
    in_flight: int
    oldest_age_s: float | None = None

    @property
    def total(self) -> int:
        return self.waiting + self.in_flight


@dataclass(frozen=True, slots=True)
class Alarm:
    name: str
    meaning: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Fleet:
    """``things`` counts by status, ``methods`` the registered ones by how their device came about."""

    stack_name: str
    region: str
    things: Mapping[Status, int]
    methods: Mapping[Method, int]
    queue: Depth
    dead_letters: Depth
    alarms: tuple[Alarm, ...]

    @property
    def is_well(self) -> bool:
        return not (self.things["failed"] or self.things["rejected"] or self.dead_letters.total or self.alarms)


def methods_of(snapshots: Iterable[Snapshot]) -> Counter[Method]:
    """Count registered things one by one, so that memory does not grow with the fleet."""
    return Counter(snapshot.state.device.method for snapshot in snapshots if snapshot.state.device)


def fleet_json(fleet: Fleet) -> dict[str, object]:
    return {
        "stack": fleet.stack_name,
        "region": fleet.region,
        "well": fleet.is_well,
        "things": {_camel(status): fleet.things[status] for status in STATUSES},
        "registered": {method: fleet.methods.get(method, 0) for method in METHODS},
        "queue": _depth_json(fleet.queue),
        "deadLetters": _depth_json(fleet.dead_letters),
        "alarms": [{"name": each.name, "meaning": each.meaning, "since": iso(each.since)} for each in fleet.alarms],
    }


def _depth_json(depth: Depth) -> dict[str, object]:
    return {"waiting": depth.waiting, "inFlight": depth.in_flight, "oldestAgeSeconds": depth.oldest_age_s}


def _camel(status: Status) -> str:
    return "inFlight" if status == "in flight" else status


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


@dataclass(frozen=True, slots=True)
class Check:
    """``found`` is what was found; ``mend`` what to do about it, None if it is as it should be."""

    name: str
    found: str
    mend: str | None = None

    @property
    def is_well(self) -> bool:
        return self.mend is None


def checkup_json(checks: Iterable[Check]) -> dict[str, object]:
    listed = [{"name": each.name, "well": each.is_well, "found": each.found, "mend": each.mend} for each in checks]
    return {"well": all(each["well"] for each in listed), "checks": listed}
