"""Records the outcome of an event in the journal, before it is reported anywhere."""

from workflows.domain.facts import EventFailed, EventRejected, EventSkipped, Fact
from workflows.domain.fold import ThingState, is_superseded
from workflows.domain.report import ReportRecord, is_shown
from workflows.errors import DeviceConflictError, JournalMovedAnswer, OwnerHeldAnswer, SupersededError, ThingBusyError
from workflows.ports.journal import Entry, Journal
from workflows.steps.releasing import append_releasing

_TRIES = 2

# Read the snapshot and write it, twice if another run was faster. The report functions' timeouts depend on it.
CALLS_AT_MOST = 2 * _TRIES


def record_outcome(journal: Journal, record: ReportRecord) -> bool:
    """Append the fact, unless an earlier call, whose answer was lost, has written it.

    Return whether this is the thing's latest outcome, which its shadow shows.

    Raises:
        ThingBusyError: other runs keep writing; try again.
        DeviceConflictError: another thing has taken the device meanwhile.
        SupersededError: the run no longer holds its thing.
    """
    subject, before = record.report.subject, record.before
    if record.fact is None or subject.thing_id is None or subject.thing_name is None:
        return False
    for _ in range(_TRIES):
        state = before or journal.read(subject.thing_id)
        before = None
        if not _is_due(state, record, record.fact):
            return is_shown(record.report, state.settled)
        try:
            entry = Entry(subject.thing_id, subject.thing_name, state, record.fact, record.report.at)
            return is_shown(record.report, append_releasing(journal, entry).settled)
        except JournalMovedAnswer:
            continue
        except OwnerHeldAnswer as held:
            raise DeviceConflictError(str(held)) from held
    raise ThingBusyError(f"Other runs keep writing to the journal of thing {subject.thing_name}.")


def _is_due(state: ThingState, record: ReportRecord, fact: Fact) -> bool:
    """Return whether ``fact`` must be written: not if an earlier call, or Dispatch, wrote this run's outcome before.

    Only the run that holds the thing may write what was done. Any run may write that its event failed or was rejected.
    A skip without a fence (no ``before``) was decided by Dispatch, which accepted no event: write it only for a change
    that is superseded.
    """
    if state.busy == fact.change:
        return True
    if state.latest_run == fact.change.run:
        return False
    if isinstance(fact, EventSkipped) and record.before is None:
        return is_superseded(fact.change, state.settled)
    if isinstance(fact, EventRejected | EventFailed):
        return True
    raise SupersededError(f"Another run took the thing over before run {fact.change.run} could report; deciding again.")
