"""Which fact of a thing is the outcome of a change that a command waits for. Pure.

The outcome is a fact about that change, or about a later change of the same thing, written after the wait began.
Facts about older changes are no outcome. Neither is the failure of a dead run if the run that found it continues
with the change.
"""

from collections.abc import Callable, Iterable, Sequence

from operate.views.events import is_processed, origin_of
from operate.views.failures import FAILED_STATUSES, UNREPORTED, failure_fact
from workflows.domain.event import Operation
from workflows.domain.facts import Change, EventAccepted, EventFailed, EventRejected, Fact, Underway
from workflows.domain.fold import Settled, Status, ThingState, order_of, status_of
from workflows.ports.journal import Recorded
from workflows.values import value


@value
class AwaitedChange:
    """A change of a thing; ``facts`` is how many the journal had of the thing when the wait began.

    ``messages`` is how many were sent that ask for this change, each with a run of its own; 0 if the command only
    waits for running runs. An earlier success does not make a ``repair`` unnecessary.
    """

    thing_id: str
    operation: Operation
    version_number: int
    facts: int = 0
    messages: int = 1
    repair: bool = False


@value
class ChangeOutcome:
    """The status of the thing after the change; ``error_name`` if it failed or was rejected."""

    status: Status
    error_name: str | None = None


def find_outcome(
    awaited: AwaitedChange,
    state: ThingState,
    latest_first: Callable[[], Iterable[Recorded]],
    *,
    can_wait: bool = True,
) -> ChangeOutcome | None:
    """Return the outcome of ``awaited``; None if there is none yet.

    ``latest_first`` reads the thing's facts; it is called only if ``state`` does not suffice. With ``can_wait`` a
    failure that another run may still repair is no outcome.
    """
    settled = state.settled
    if state.busy is not None or settled is None:
        return None
    status = status_of(state)
    skipped = is_processed(awaited.operation, awaited.version_number, settled, repair=awaited.repair)
    if status not in FAILED_STATUSES and skipped:
        return ChangeOutcome(status)
    if state.facts <= awaited.facts or _order(settled) < _order(awaited):
        return None
    stream = [each for each in latest_first() if each.number < state.facts]  # no fact that came after ``state``
    found = _outcomes(awaited, stream)
    if not found or (can_wait and _may_still_succeed(found, awaited, stream)):
        return None
    return _outcome_of(status, settled, found[0], stream)


def _order(change: AwaitedChange | Change | Settled) -> tuple[bool, int]:
    return order_of(change.operation, change.version_number)


def _outcomes(awaited: AwaitedChange, stream: Iterable[Recorded]) -> list[Fact]:
    since = (each.fact for each in stream if each.number >= awaited.facts)
    return [fact for fact in since if not isinstance(fact, Underway) and _order(fact.change) >= _order(awaited)]


def _may_still_succeed(found: Sequence[Fact], awaited: AwaitedChange, stream: Iterable[Recorded]) -> bool:
    """Return whether another run may still do what failed: the one that took over, or one of another message."""
    latest = found[0]
    if not isinstance(latest, EventFailed | EventRejected):
        return False
    if isinstance(latest, EventFailed) and latest.found_by and _finder_continues(latest, awaited.thing_id):
        return True
    failed = {fact.change.run for fact in found if isinstance(fact, EventFailed | EventRejected)}
    finished = failed - _started_before(awaited, stream)
    return _order(latest.change) == _order(awaited) and len(finished) < awaited.messages


def _finder_continues(dead: EventFailed, thing_id: str) -> bool:
    """Return whether the run that found ``dead`` takes over its change; the run of an older change skips its own."""
    finder = origin_of(dead.found_by)
    return finder is None or finder.thing_id != thing_id or _order(finder.change) >= _order(dead.change)


def _started_before(awaited: AwaitedChange, stream: Iterable[Recorded]) -> set[str]:
    """Return the runs that had started before any message was sent; their outcomes are not those of the messages."""
    before = (each.fact for each in stream if each.number < awaited.facts)
    return {fact.change.run for fact in before if isinstance(fact, EventAccepted)}


def _outcome_of(status: Status, settled: Settled, latest: Fact, stream: Iterable[Recorded]) -> ChangeOutcome:
    """A repair that fails before it is accepted leaves its thing registered: only the fact shows the failure."""
    if status in FAILED_STATUSES:
        fact = failure_fact(settled, stream)
        return ChangeOutcome(status, fact.error_name if fact else UNREPORTED)
    if isinstance(latest, EventRejected):
        return ChangeOutcome("rejected", latest.error_name)
    if isinstance(latest, EventFailed):
        return ChangeOutcome("failed", latest.error_name)
    return ChangeOutcome(status)
