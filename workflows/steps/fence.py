"""Every state that calls The Things Stack first checks that its run still holds its thing.

Without this check, a run that is restarted in its middle could overwrite the work of a newer run.
"""

from workflows.domain.fold import ThingState
from workflows.domain.mark import Mark
from workflows.errors import SupersededError
from workflows.ports.journal import Snapshots


def held_state(journal: Snapshots, mark: Mark) -> ThingState:
    """Return the state of the thing that the run of ``mark`` holds.

    Raises:
        SupersededError: another run holds it now. Dispatch must decide again.
    """
    state = journal.read(mark.thing_id)
    if not holds(state, mark.run):
        raise SupersededError(f"Another run took the thing over while run {mark.run} was stopped; deciding again.")
    return state


def holds(state: ThingState, run: str) -> bool:
    """Return whether ``run`` is the one that works on the thing."""
    return state.busy is not None and state.busy.run == run
