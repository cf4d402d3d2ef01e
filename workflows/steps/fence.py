"""The states that call The Things Stack first check that their run still holds its thing.

A run that is restarted from its middle could else write over what a newer one has done since.
"""

from workflows.domain.fold import ThingState
from workflows.domain.mark import Mark
from workflows.errors import SupersededError
from workflows.ports.journal import Snapshots


def held_state(journal: Snapshots, mark: Mark) -> ThingState:
    """Return the state of the thing that the run of ``mark`` holds.

    Raises:
        SupersededError: another run holds it now, so only Dispatch can decide what is left to do.
    """
    state = journal.read(mark.thing_id)
    if not holds(state, mark.run):
        raise SupersededError(f"While run {mark.run} was stopped, another run took over its thing; deciding again.")
    return state


def holds(state: ThingState, run: str) -> bool:
    """Return whether ``run`` is the one that works on the thing."""
    return state.busy is not None and state.busy.run == run
