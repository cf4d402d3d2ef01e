"""The states that call The Things Stack first ask whether their run still holds its thing.

A run that is restarted from its middle could else write over what a newer one has done since.
"""

from collections.abc import Callable

from workflows.domain.fold import ThingState
from workflows.domain.mark import Mark
from workflows.domain.outcome import Outcome
from workflows.domain.work import Worked
from workflows.errors import SupersededError
from workflows.ports.journal import Snapshots


def fenced(journal: Snapshots, mark: Mark, work: Callable[[], Outcome]) -> Worked:
    """Do ``work`` if the run of ``mark`` holds its thing.

    Raises:
        SupersededError: it does not, so that only Dispatch can tell what is left to do.
    """
    state = journal.read(mark.thing_id)
    if not holds(state, mark.run):
        raise SupersededError(f"While run {mark.run} stood still, another took its thing over; deciding anew.")
    return Worked(work(), state)


def holds(state: ThingState, run: str) -> bool:
    """Tell whether ``run`` is the one that works on the thing."""
    return state.busy is not None and state.busy.run == run
