"""Failed and rejected things: which change failed and why. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from fnmatch import fnmatchcase

from operate.views.times import iso
from workflows.domain.correction import Correction
from workflows.domain.facts import Change, EventFailed, EventRejected
from workflows.domain.fold import Settled, Status
from workflows.domain.report import Failure, advice, correction_of
from workflows.domain.run import UNREPORTED as UNREPORTED_MESSAGE
from workflows.ports.journal import Recorded, Snapshot
from workflows.values import value

# The error of a run that ended without a fact.
UNREPORTED = "UnreportedRunError"
FAILED_STATUSES: tuple[Status, ...] = ("failed", "rejected")


@value
class FailedThing:
    """A thing that failed or was rejected: ``change`` could not be done, ``error_name`` says why."""

    thing_name: str
    thing_id: str
    verdict: str
    error_name: str
    change: Change
    at: datetime
    device_id: str | None
    message: str = ""
    dev_eui: str = ""

    @property
    def what_to_do(self) -> str:
        return advice(self._failure, self.thing_name)

    @property
    def what_to_do_with_any(self) -> str:
        """What helps every thing with this error, whatever its name and its reason."""
        return advice(Failure(self.error_name, None))

    @property
    def correction(self) -> Correction | None:
        return correction_of(self._failure, self.thing_name)

    @property
    def _failure(self) -> Failure:
        return Failure(self.error_name, self.message or None)


@value
class FailureFilter:
    """All given conditions must hold. ``thing`` is a shell pattern; the bounds are of the time of the failure."""

    error_name: str | None = None
    thing: str | None = None
    not_before: datetime | None = None
    before: datetime | None = None

    def snapshots(self, snapshots: Iterable[Snapshot]) -> Iterator[Snapshot]:
        """Filter by all but the error's name, which an old snapshot lacks. The latest come first."""
        for snapshot in snapshots:
            if self.not_before and snapshot.at < self.not_before:
                return
            in_time = self.before is None or snapshot.at < self.before
            if in_time and (self.thing is None or fnmatchcase(snapshot.thing_name, self.thing)):
                yield snapshot

    def failures(self, failures: Iterable[FailedThing | None]) -> Iterator[FailedThing]:
        for failure in failures:
            if failure and self.error_name in (None, failure.error_name):
                yield failure


def needs_facts(snapshot: Snapshot) -> bool:
    """Return whether an older Thingsync wrote the snapshot of a failure, without saying why."""
    settled = snapshot.state.settled
    return settled is not None and not settled.error_name


def failure_of(snapshot: Snapshot, latest_first: Iterable[Recorded]) -> FailedThing | None:
    """Return why the thing of ``snapshot`` failed or was rejected; None if it did neither.

    ``latest_first``, its facts, are read only if an older Thingsync wrote the snapshot.
    """
    settled = snapshot.state.settled
    if settled is None or settled.verdict not in FAILED_STATUSES:
        return None
    if not settled.error_name:
        settled = _as_in_the_facts(settled, snapshot.state.latest_run, latest_first)
    return FailedThing(
        thing_name=snapshot.thing_name,
        thing_id=snapshot.thing_id,
        verdict=settled.verdict,
        error_name=settled.error_name,
        change=Change(settled.operation, settled.version_number, settled.run),
        at=snapshot.at,
        device_id=device_id_of(snapshot),
        message=settled.message,
        dev_eui=snapshot.state.dev_eui,
    )


def _as_in_the_facts(settled: Settled, latest_run: str, latest_first: Iterable[Recorded]) -> Settled:
    """Complete what an older Thingsync wrote into the snapshot."""
    fact = failure_fact(settled, latest_first)
    if fact is None:
        return replace(settled, error_name=UNREPORTED, message=UNREPORTED_MESSAGE, run=latest_run)
    return replace(settled, error_name=fact.error_name, message=fact.message, run=fact.change.run)


def failure_fact(settled: Settled, latest_first: Iterable[Recorded]) -> EventFailed | EventRejected | None:
    """Find the fact that ``settled`` is about; facts about older changes may come after it."""
    for fact in (each.fact for each in latest_first):
        change = (fact.change.operation, fact.change.version_number)
        if isinstance(fact, EventFailed | EventRejected) and change == (settled.operation, settled.version_number):
            return fact
    return None


def device_id_of(snapshot: Snapshot) -> str | None:
    """Return the device that the thing has, or the last that it tried to get."""
    if snapshot.state.device:
        return snapshot.state.device.device_id
    return snapshot.state.attempt.device_ids[-1] if snapshot.state.attempt else None


_CELLS: Mapping[str, Callable[[FailedThing], object]] = {
    "thing": lambda failure: failure.thing_name,
    "thingId": lambda failure: failure.thing_id,
    "devEui": lambda failure: failure.dev_eui or None,
    "deviceId": lambda failure: failure.device_id,
    "outcome": lambda failure: failure.verdict,
    "error": lambda failure: failure.error_name,
    "reason": lambda failure: failure.message or None,
    "operation": lambda failure: failure.change.operation,
    "versionNumber": lambda failure: failure.change.version_number,
    "at": lambda failure: iso(failure.at),
    "run": lambda failure: failure.change.run,
    "whatToDo": lambda failure: failure.what_to_do,
    "command": lambda failure: failure.correction.command if failure.correction else None,
}
COLUMNS = tuple(_CELLS)


def failure_row(failure: FailedThing) -> dict[str, object]:
    return {column: cell(failure) for column, cell in _CELLS.items()}
