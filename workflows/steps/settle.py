"""The outcome of an event goes into the journal before anybody is told of it."""

from workflows.domain.facts import EventFailed, EventRejected, EventSkipped, Fact
from workflows.domain.fold import ThingState
from workflows.domain.told import Told
from workflows.errors import DeviceConflictError, JournalMovedAnswer, OwnerHeldAnswer, ThingBusyError
from workflows.ports.journal import Entry, Journal
from workflows.steps.giving_up import append_giving_up

_TRIES = 2
# The device of the thing, and a half-made one under another ID, which others may have taken meanwhile.
_LOST_AT_MOST = 2

# HEAD read and written, twice if another run was faster; written again for each device ID that others have taken.
# The report functions' timeouts rest on it.
CALLS_AT_MOST = 2 * _TRIES + _LOST_AT_MOST


def settle(journal: Journal, told: Told) -> None:
    """Append the fact; finding it written already, by a call whose answer was lost, is success.

    Raises:
        ThingBusyError: other runs keep writing; try again.
        DeviceConflictError: the device that was found has become another thing's meanwhile.
    """
    subject, before = told.report.subject, told.before
    if told.fact is None or subject.thing_id is None or subject.thing_name is None:
        return
    for _ in range(_TRIES):
        state = before or journal.read(subject.thing_id)
        before = None
        if not _is_due(state, told.fact):
            return
        try:
            append_giving_up(journal, Entry(subject.thing_id, subject.thing_name, state, told.fact, told.report.at))
        except JournalMovedAnswer:
            continue
        except OwnerHeldAnswer as held:
            raise DeviceConflictError(str(held)) from held
        return
    raise ThingBusyError(f"Other runs keep writing to the journal of thing {subject.thing_name}.")


def _is_due(state: ThingState, fact: Fact) -> bool:
    """Work done for a thing counts for the run that holds it; that an event was refused or skipped counts once."""
    if state.busy == fact.change:
        return True
    if isinstance(fact, EventRejected | EventFailed):
        return state.latest_run != fact.change.run
    if isinstance(fact, EventSkipped):
        # Of a thing that the journal does not know only its end matters: whatever comes later is superseded.
        known = state.facts > 0 or fact.change.operation == "DELETED"
        return known and state.latest_run != fact.change.run
    return False
