"""Which fact of a thing is the outcome of a change that somebody waits for. Pure.

An outcome is a fact about that very change, or about a later one of the same thing, that was written after the wait
began. What happens to older changes of the thing is no outcome, nor is the note that a run was found dead if the run
that found it goes on with the change.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from operate.views.events import is_served, started_for
from operate.views.failures import UNHAPPY, UNTOLD, unhappy_fact
from workflows.domain.event import Operation
from workflows.domain.facts import Change, EventAccepted, EventFailed, EventRejected, Fact
from workflows.domain.fold import Settled, Status, ThingState, order_of, status_of
from workflows.ports.journal import Recorded


@dataclass(frozen=True, slots=True)
class Awaited:
    """A change of a thing; ``facts`` is how many the journal had of the thing when the wait began.

    ``messages`` were sent that ask for this change, each in a run of its own; 0 for who waits for runs that are at
    work. A ``repair`` is not served by what went well before it.
    """

    thing_id: str
    operation: Operation
    version_number: int
    facts: int = 0
    messages: int = 1
    repair: bool = False


@dataclass(frozen=True, slots=True)
class Ended:
    """Where the thing stands with the outcome; ``error_name`` if it failed or was rejected."""

    status: Status
    error_name: str | None = None


def outcome(
    awaited: Awaited, state: ThingState, latest_first: Callable[[], Iterable[Recorded]], *, patient: bool = True
) -> Ended | None:
    """Return what became of ``awaited``; None while its outcome is still to come.

    ``latest_first`` reads the thing's facts, and is called only where ``state`` cannot tell. Whoever is ``patient``
    does not take for the outcome what another run may still put right.
    """
    settled = state.settled
    if state.busy is not None or settled is None:
        return None
    status = status_of(state)
    if status not in UNHAPPY and is_served(awaited.operation, awaited.version_number, settled, repair=awaited.repair):
        return Ended(status)
    if state.facts <= awaited.facts or _order(settled) < _order(awaited):
        return None
    stream = [each for each in latest_first() if each.number < state.facts]  # no fact that came after ``state``
    found = _outcomes(awaited, stream)
    if not found or (patient and _is_to_go_on(found, awaited, stream)):
        return None
    return _ended(status, settled, found[0], stream)


def _order(change: Awaited | Change | Settled) -> tuple[bool, int]:
    return order_of(change.operation, change.version_number)


def _outcomes(awaited: Awaited, stream: Iterable[Recorded]) -> list[Fact]:
    since = (each.fact for each in stream if each.number >= awaited.facts)
    return [fact for fact in since if not isinstance(fact, EventAccepted) and _order(fact.change) >= _order(awaited)]


def _is_to_go_on(found: Sequence[Fact], awaited: Awaited, stream: Iterable[Recorded]) -> bool:
    """Tell whether another run may still do what failed: the one that took over, or that of another message."""
    latest = found[0]
    if not isinstance(latest, EventFailed | EventRejected):
        return False
    if isinstance(latest, EventFailed) and latest.found_by and _goes_on(latest, awaited.thing_id):
        return True
    failed = {fact.change.run for fact in found if isinstance(fact, EventFailed | EventRejected)}
    return _order(latest.change) == _order(awaited) and len(failed - _begun_before(awaited, stream)) < awaited.messages


def _goes_on(dead: EventFailed, thing_id: str) -> bool:
    """Tell whether the run that found ``dead`` takes its change over; one of an older change skips its own."""
    finder = started_for(dead.found_by)
    return finder is None or finder.thing_id != thing_id or _order(finder.change) >= _order(dead.change)


def _begun_before(awaited: Awaited, stream: Iterable[Recorded]) -> set[str]:
    """Return the runs that were at work before any message was sent; what becomes of them tells nothing of those."""
    before = (each.fact for each in stream if each.number < awaited.facts)
    return {fact.change.run for fact in before if isinstance(fact, EventAccepted)}


def _ended(status: Status, settled: Settled, latest: Fact, stream: Iterable[Recorded]) -> Ended:
    """A repair that fails before it is accepted leaves its thing registered, so that only its fact tells."""
    if status in UNHAPPY:
        fact = unhappy_fact(settled, stream)
        return Ended(status, fact.error_name if fact else UNTOLD)
    if isinstance(latest, EventRejected):
        return Ended("rejected", latest.error_name)
    if isinstance(latest, EventFailed):
        return Ended("failed", latest.error_name)
    return Ended(status)
