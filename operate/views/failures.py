"""Failed and rejected things: which change failed and why. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from operate.views.times import iso
from workflows.domain.facts import Change, EventFailed, EventRejected
from workflows.domain.fold import Settled, Status
from workflows.domain.report import Failure, advice
from workflows.ports.journal import Recorded, Snapshot

# The error of a thing whose stream does not tell it.
UNTOLD = "UntoldError"

UNHAPPY: tuple[Status, ...] = ("failed", "rejected")


@dataclass(frozen=True, slots=True)
class Trouble:
    """A thing that failed or was rejected: ``change`` is what could not be done, ``error_name`` why."""

    thing_name: str
    thing_id: str
    verdict: str
    error_name: str
    change: Change
    at: datetime
    device_id: str | None

    @property
    def what_to_do(self) -> str:
        return advice(Failure(self.error_name, None))


def trouble_of(snapshot: Snapshot, latest_first: Iterable[Recorded]) -> Trouble | None:
    """Find why ``snapshot``, which failed or was rejected, did; None if it is neither any more."""
    settled = snapshot.state.settled
    if settled is None or settled.verdict not in UNHAPPY:
        return None
    fact = unhappy_fact(settled, latest_first)
    change = fact.change if fact else Change(settled.operation, settled.version_number, snapshot.state.latest_run)
    return Trouble(
        thing_name=snapshot.thing_name,
        thing_id=snapshot.thing_id,
        verdict=settled.verdict,
        error_name=fact.error_name if fact else UNTOLD,
        change=change,
        at=snapshot.at,
        device_id=device_id_of(snapshot),
    )


def unhappy_fact(settled: Settled, latest_first: Iterable[Recorded]) -> EventFailed | EventRejected | None:
    """Find the fact that ``settled`` is about; facts about older changes may come after it."""
    for fact in (each.fact for each in latest_first):
        change = (fact.change.operation, fact.change.version_number)
        if isinstance(fact, EventFailed | EventRejected) and change == (settled.operation, settled.version_number):
            return fact
    return None


def message_in(reported: Mapping[str, Any] | None, trouble: Trouble) -> str | None:
    """Return what the shadow says of the trouble. The device may have written it; the error's name is the journal's."""
    error = (reported or {}).get("error", {})
    return error.get("message") if error.get("name") == trouble.error_name else None


def device_id_of(snapshot: Snapshot) -> str | None:
    """Return the device that the thing has, or the last that it tried to get."""
    if snapshot.state.device:
        return snapshot.state.device.device_id
    return snapshot.state.attempt.device_ids[-1] if snapshot.state.attempt else None


COLUMNS = ("thing", "thingId", "outcome", "error", "operation", "versionNumber", "at", "deviceId", "run", "whatToDo")


@dataclass(frozen=True, slots=True)
class Wanted:
    """All that is given must hold: ``thing`` is a pattern as of a shell, the bounds are of the outcome's time."""

    error_name: str | None = None
    thing: str | None = None
    not_before: datetime | None = None
    before: datetime | None = None

    def of_snapshots(self, snapshots: Iterable[Snapshot]) -> Iterator[Snapshot]:
        """Choose by what the snapshot knows, before the error's name is read."""
        for snapshot in snapshots:
            if self.not_before and snapshot.at < self.not_before:
                return  # the latest come first
            in_time = self.before is None or snapshot.at < self.before
            if in_time and (self.thing is None or fnmatchcase(snapshot.thing_name, self.thing)):
                yield snapshot

    def of_troubles(self, troubles: Iterable[Trouble | None]) -> Iterator[Trouble]:
        for trouble in troubles:
            if trouble and self.error_name in (None, trouble.error_name):
                yield trouble


def failure_row(trouble: Trouble) -> dict[str, object]:
    return {
        "thing": trouble.thing_name,
        "thingId": trouble.thing_id,
        "outcome": trouble.verdict,
        "error": trouble.error_name,
        "operation": trouble.change.operation,
        "versionNumber": trouble.change.version_number,
        "at": iso(trouble.at),
        "deviceId": trouble.device_id,
        "run": trouble.change.run,
        "whatToDo": trouble.what_to_do,
    }
