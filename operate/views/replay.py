"""What replaying a thing takes, and what became of it. Pure."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from operate.views.events import deleted_event, is_served
from operate.views.failures import UNHAPPY, UNTOLD
from operate.views.outcomes import Awaited, outcome
from workflows.domain.event import RegistryEvent, relevance
from workflows.domain.fold import ThingState, status_of
from workflows.ports.journal import Recorded, Snapshot

Verdict = Literal["send", "settled", "in flight", "not ours", "unknown"]
Outcome = Literal["registered", "removed", "skipped", "rejected", "failed", "in flight", "not sent"]

GOOD_VERDICTS = ("settled",)
GOOD_OUTCOMES = ("registered", "removed", "skipped")


@dataclass(frozen=True, slots=True)
class Planned:
    """One event, or why there is none; ``facts`` is how many the journal has of the thing before it is sent.

    ``messages`` ask for it, none if it is in flight already. ``failed_run`` is the last one, if that failed.
    """

    thing_name: str
    verdict: Verdict
    reason: str
    event: RegistryEvent | None = None
    facts: int = 0
    messages: int = 1
    failed_run: str = ""


@dataclass(frozen=True, slots=True)
class Replayed:
    """What became of a planned event; ``error_name`` if it failed or was rejected."""

    planned: Planned
    outcome: Outcome
    error_name: str | None = None

    @property
    def is_good(self) -> bool:
        return self.outcome in GOOD_OUTCOMES or self.planned.verdict in GOOD_VERDICTS


@dataclass(frozen=True, slots=True)
class Rules:
    """Which things are the stack's, and whether a run still works."""

    stack_name: str
    thing_type_name: str
    is_running: Callable[[str], bool]


def plan(thing_name: str, current: RegistryEvent | None, snapshots: Sequence[Snapshot], rules: Rules) -> list[Planned]:
    """Plan the end of each thing that bore the name and whose end is not settled, then the one that bears it now.

    ``current`` tells how the thing stands now; None if AWS IoT has none of this name.
    """
    gone = [snapshot for snapshot in snapshots if current is None or snapshot.thing_id != current.thing_id]
    planned = [each for snapshot in reversed(gone) if (each := _ending(snapshot, rules))]
    if current is not None:
        snapshot = next((each for each in snapshots if each.thing_id == current.thing_id), None)
        planned.append(_standing(current, snapshot, rules))
    return planned or [_nothing(thing_name, snapshots)]


def _ending(snapshot: Snapshot, rules: Rules) -> Planned | None:
    if is_served("DELETED", 0, snapshot.state.settled):
        return None
    return _unless_busy(
        Planned(snapshot.thing_name, "send", "deleted", deleted_event(snapshot), snapshot.state.facts), snapshot, rules
    )


def _standing(current: RegistryEvent, snapshot: Snapshot | None, rules: Rules) -> Planned:
    name = current.thing_name
    whose = relevance(current, stack_name=rules.stack_name, thing_type_name=rules.thing_type_name)
    if snapshot is None:
        if whose != "ours":
            return Planned(
                name, "not ours", f"its {'thing type' if 'type' in whose else 'stackName'} is not the stack's"
            )
        return Planned(name, "send", "no event of it has arrived", current)
    version = current.version_number
    if is_served("UPDATED", version, snapshot.state.settled):
        return Planned(name, "settled", f"version {version} is {snapshot.status}: there is nothing to do")
    reason = f"version {version}, {snapshot.status}"
    return _unless_busy(Planned(name, "send", reason, current, snapshot.state.facts), snapshot, rules)


def _unless_busy(planned: Planned, snapshot: Snapshot, rules: Rules) -> Planned:
    """A run that has ended without a word holds nothing: the event that is sent takes its place."""
    busy = snapshot.state.busy
    if busy is None or not rules.is_running(busy.run):
        return replace(planned, failed_run=snapshot.state.latest_run if snapshot.status in UNHAPPY else "")
    reason = f"{busy.run} is at work on it"
    return Planned(planned.thing_name, "in flight", reason, planned.event, snapshot.state.facts, messages=0)


def _nothing(thing_name: str, snapshots: Sequence[Snapshot]) -> Planned:
    if snapshots:
        return Planned(thing_name, "settled", "it is deleted, and its device is settled")
    return Planned(thing_name, "unknown", "neither AWS IoT nor the journal knows a thing of this name")


def became(
    planned: Planned, state: ThingState, latest_first: Callable[[], Iterable[Recorded]], *, patient: bool = True
) -> Replayed | None:
    """Return what became of ``planned``, as ``outcome`` tells; None while it is under way."""
    event = planned.event
    if event is None:
        return None
    change = Awaited(
        event.thing_id, event.operation, event.version_number, planned.facts, planned.messages, repair=event.repair
    )
    ended = outcome(change, state, latest_first, patient=patient)
    return Replayed(planned, ended.status, ended.error_name) if ended else None


def without_a_fact(planned: Planned, state: ThingState, run: str, *, status: str) -> Replayed:
    """Return what became of a run that ended with ``status``, and of which the journal has no outcome.

    One that succeeded found nothing to do, so that where the thing stands is the outcome.
    """
    if status == "SUCCEEDED" or (state.busy is not None and state.busy.run != run):
        return Replayed(planned, status_of(state))
    return Replayed(planned, "failed", UNTOLD)


def replay_json(results: Sequence[Replayed]) -> dict[str, object]:
    return {"things": [_result_json(each) for each in results]}


def _result_json(result: Replayed) -> dict[str, object]:
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
