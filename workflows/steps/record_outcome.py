"""The outcome of an event goes into the journal before anybody is record of it."""

from workflows.domain.facts import EventFailed, EventRejected, EventSkipped, Fact
from workflows.domain.fold import ThingState, is_superseded
from workflows.domain.report import is_shown
from workflows.domain.report_record import ReportRecord
from workflows.errors import DeviceConflictError, JournalMovedAnswer, OwnerHeldAnswer, SupersededError, ThingBusyError
from workflows.ports.journal import Entry, Journal
from workflows.steps.releasing import append_releasing

_TRIES = 2

# the snapshot read and written, twice if another run was faster. The report functions' timeouts rest on it.
CALLS_AT_MOST = 2 * _TRIES


def record_outcome(journal: Journal, record: ReportRecord) -> bool:
    """Append the fact; finding it written already, by a call whose answer was lost, is success.

    Return whether it is the thing's latest outcome, which its shadow is to show.

    Raises:
        ThingBusyError: other runs keep writing; try again.
        DeviceConflictError: the device that was found has become another thing's meanwhile.
        SupersededError: the run no longer holds the thing for which it worked.
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
    """Tell whether ``fact`` is news: not if its run, or Dispatch in its name, has written it.

    What was done for a thing counts for the run that holds it; that an event failed or was refused counts anyway.
    """
    if state.busy == fact.change:
        return True
    if state.latest_run == fact.change.run:
        return False
    if isinstance(fact, EventSkipped) and record.before is None:
        return is_superseded(fact.change, state.settled)
    if isinstance(fact, EventRejected | EventFailed):
        return True
    raise SupersededError(f"Before run {fact.change.run} could tell, another took its thing over; deciding anew.")
