"""Runs that failed without a word: Step Functions knows their end, the journal does not."""

import re
from collections.abc import Iterator
from typing import cast

from operate.adapters.past_runs import FailedRun, PastRuns
from operate.batches import looked_up
from operate.views.served import is_served
from workflows.domain.event import Operation
from workflows.domain.facts import EventAccepted
from workflows.ports.journal import History

# Of each kind of end; a run that failed longer ago is the alarm's and the dead-letter queue's affair.
LOOKED_AT = 100
_NAME = re.compile(r"(?P<thing_id>.+)-v(?P<version>\d+)-(?P<operation>CREATED|UPDATED|DELETED)(-r\w{1,8})?")


def silent_runs(runs: PastRuns, history: History) -> Iterator[FailedRun]:
    """Look at the latest failed runs; those that somebody started under another name are theirs to watch."""
    failed = (run for run in runs.failed(LOOKED_AT) if _NAME.fullmatch(run.name))
    told = looked_up(lambda run: (run, _is_told(run, history)), failed)
    return (run for run, is_told in told if not is_told)


def _is_told(run: FailedRun, history: History) -> bool:
    """Tell whether the journal has an outcome of the run, or nothing is left to do of what it was started for."""
    found = _NAME.fullmatch(run.name)
    if found is None:
        return True
    thing_id, operation = found["thing_id"], cast(Operation, found["operation"])
    if is_served(operation, int(found["version"]), history.read(thing_id).settled):
        return True
    facts = (recorded.fact for recorded in history.recent(thing_id))
    return any(fact.change.run == run.name and not isinstance(fact, EventAccepted) for fact in facts)
