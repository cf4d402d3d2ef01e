"""What replaying a thing takes, and its result. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Literal

from operate.views.events import is_processed
from operate.views.failures import FAILED_STATUSES, UNREPORTED
from operate.views.identification import misspelled, what_is_not_ours
from operate.views.outcomes import AwaitedChange, find_outcome
from workflows.domain.correction import argument
from workflows.domain.event import RegistryEvent
from workflows.domain.fold import ThingState, status_of
from workflows.domain.scope import StackScope
from workflows.ports.journal import Recorded, Snapshot
from workflows.values import value

PlanVerdict = Literal["send", "settled", "in flight", "not ours", "unknown"]
ReplayOutcome = Literal["registered", "removed", "skipped", "rejected", "failed", "in flight", "not sent"]

GOOD_OUTCOMES = ("registered", "removed", "skipped")


@value
class PlannedReplay:
    """One event, or why there is none; ``facts`` is how many the journal has of the thing before it is sent.

    ``messages`` ask for the change; 0 if it is in flight already. ``failed_run`` is the last run, if that failed.
    """

    thing_name: str
    verdict: PlanVerdict
    reason: str
    event: RegistryEvent | None = None
    facts: int = 0
    messages: int = 1
    failed_run: str = ""


@value
class DeadLetter:
    """Why the event of a replay is in the dead-letter queue."""

    error_name: str
    what_to_do: str


@value
class ReplayResult:
    """The outcome of a planned event; ``error_name`` if it failed or was rejected.

    ``dead_letter`` if its event failed and is in the dead-letter queue, without an outcome in the journal.
    """

    planned: PlannedReplay
    outcome: ReplayOutcome
    error_name: str | None = None
    dead_letter: DeadLetter | None = None

    @property
    def is_good(self) -> bool:
        return self.outcome in GOOD_OUTCOMES or self.planned.verdict == "settled"


def plan_replays(
    thing_name: str,
    current: RegistryEvent | None,
    snapshots: Sequence[Snapshot],
    *,
    scope: StackScope,
    is_running: Callable[[str], bool],
) -> list[PlannedReplay]:
    """Plan the unsettled deletions of earlier things of the name, then the thing that has the name now.

    ``current`` is the event of the thing as it is now; None if AWS IoT has none of this name.
    """
    gone = [snapshot for snapshot in snapshots if current is None or snapshot.thing_id != current.thing_id]
    planned = [each for snapshot in reversed(gone) if (each := _plan_deletion(snapshot, is_running))]
    if current is not None:
        snapshot = next((each for each in snapshots if each.thing_id == current.thing_id), None)
        planned.append(_plan_new(current, scope) if snapshot is None else _plan_current(current, snapshot, is_running))
    return planned or [_nothing(thing_name, snapshots)]


def _plan_deletion(snapshot: Snapshot, is_running: Callable[[str], bool]) -> PlannedReplay | None:
    if is_processed("DELETED", 0, snapshot.state.settled):
        return None
    event = snapshot.deleted_event
    planned = PlannedReplay(snapshot.thing_name, "send", "deleted", event, snapshot.state.facts)
    return _unless_busy(planned, snapshot, is_running)


def _plan_new(current: RegistryEvent, scope: StackScope) -> PlannedReplay:
    if scope.relevance(current) == "ours":
        return PlannedReplay(current.thing_name, "send", "no event of it has arrived", current)
    others = what_is_not_ours(current.thing_type_name, current.attributes, scope)
    return PlannedReplay(current.thing_name, "not ours", "; ".join((*others, *misspelled(current.attributes))))


def _plan_current(current: RegistryEvent, snapshot: Snapshot, is_running: Callable[[str], bool]) -> PlannedReplay:
    name, version = current.thing_name, current.version_number
    if is_processed("UPDATED", version, snapshot.state.settled):
        return PlannedReplay(
            name,
            "settled",
            f"version {version} is {snapshot.status}: nothing to do. If its device differs: thingsync reconcile "
            f"{argument(name)}",
        )
    reason = f"version {version}, {snapshot.status}"
    return _unless_busy(PlannedReplay(name, "send", reason, current, snapshot.state.facts), snapshot, is_running)


def _unless_busy(planned: PlannedReplay, snapshot: Snapshot, is_running: Callable[[str], bool]) -> PlannedReplay:
    """An unreported run blocks nothing: the run of the event that is sent takes over from it."""
    busy = snapshot.state.busy
    if busy is None or not is_running(busy.run):
        return replace(planned, failed_run=snapshot.state.latest_run if snapshot.status in FAILED_STATUSES else "")
    return replace(planned, verdict="in flight", reason=f"run {busy.run} is working on it", messages=0)


def _nothing(thing_name: str, snapshots: Sequence[Snapshot]) -> PlannedReplay:
    if snapshots:
        return PlannedReplay(thing_name, "settled", "the thing is deleted, and its deletion is settled")
    return PlannedReplay(thing_name, "unknown", "neither AWS IoT nor the journal knows a thing of this name")


def result_of(
    planned: PlannedReplay,
    state: ThingState,
    latest_first: Callable[[], Iterable[Recorded]],
    *,
    can_wait: bool = True,
) -> ReplayResult | None:
    """Return the result of ``planned`` as ``find_outcome`` finds it; None while there is none."""
    event = planned.event
    if event is None:
        return None
    change = AwaitedChange(
        event.thing_id, event.operation, event.version_number, planned.facts, planned.messages, repair=event.repair
    )
    found = find_outcome(change, state, latest_first, can_wait=can_wait)
    return ReplayResult(planned, found.status, found.error_name) if found else None


def result_without_fact(planned: PlannedReplay, state: ThingState, run: str, *, status: str) -> ReplayResult:
    """Return the result of a run that ended with ``status`` and wrote no outcome into the journal.

    A run that succeeded had nothing to do, so the thing's status is the outcome.
    """
    if status == "SUCCEEDED" or (state.busy is not None and state.busy.run != run):
        return ReplayResult(planned, status_of(state))
    return ReplayResult(planned, "failed", UNREPORTED)


def replay_json(results: Sequence[ReplayResult]) -> dict[str, object]:
    return {"things": [_result_json(each) for each in results]}


def _result_json(result: ReplayResult) -> dict[str, object]:
    event = result.planned.event
    return {
        "thingName": result.planned.thing_name,
        "thingId": event.thing_id if event else None,
        "operation": event.operation if event else None,
        "versionNumber": event.version_number if event else None,
        "plan": result.planned.verdict,
        "reason": result.planned.reason,
        "outcome": result.outcome,
        "error": result.error_name,
    }
