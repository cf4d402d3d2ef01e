"""Runs that failed without a word: Step Functions knows their end, the journal does not."""

from collections.abc import Iterator

from operate.adapters.past_runs import FailedRun, PastRuns
from operate.batches import looked_up
from operate.views.runs import started_for
from operate.views.served import is_served
from workflows.domain.facts import EventAccepted
from workflows.ports.journal import History

# Of each kind of end; a run that failed longer ago is the alarm's and the dead-letter queue's affair.
LOOKED_AT = 100


def silent_runs(runs: PastRuns, history: History) -> Iterator[FailedRun]:
    """Look at the latest failed runs; those that somebody started under another name are theirs to watch."""
    failed = (run for run in runs.failed(LOOKED_AT) if started_for(run.name))
    told = looked_up(lambda run: (run, _is_told(run, history)), failed)
    return (run for run, is_told in told if not is_told)


def _is_told(run: FailedRun, history: History) -> bool:
    """Tell whether the journal has an outcome of the run, or nothing is left to do of what it was started for."""
    started = started_for(run.name)
    if started is None:
        return True
    change = started.change
    if is_served(change.operation, change.version_number, history.read(started.thing_id).settled):
        return True
    facts = (recorded.fact for recorded in history.recent(started.thing_id))
    return any(fact.change.run == run.name and not isinstance(fact, EventAccepted) for fact in facts)
