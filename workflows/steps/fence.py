"""Every state that calls The Things Stack first checks that its run still holds its thing.

Without this check, a run that is restarted in its middle could overwrite the work of a newer run.
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
        SupersededError: it does not. Dispatch must decide again.
    """
    state = journal.read(mark.thing_id)
    if not holds(state, mark.run):
        raise SupersededError(f"Another run took the thing over while run {mark.run} was stopped; deciding again.")
    return Worked(work(), state)


def holds(state: ThingState, run: str) -> bool:
    """Return whether ``run`` is the one that works on the thing."""
    return state.busy is not None and state.busy.run == run
