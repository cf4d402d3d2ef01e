"""The fleet at a glance. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

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
