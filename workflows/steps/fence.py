"""The states that call The Things Stack first ask whether their run still holds its thing.

A run that is restarted from its middle could else write over what a newer one has done since.
"""

from collections.abc import Callable

from workflows.domain.mark import Mark
from workflows.domain.outcome import Outcome
from workflows.domain.work import Worked
from workflows.ports.journal import Heads


def fenced(journal: Heads, mark: Mark, work: Callable[[], Outcome]) -> Worked:
    """Do ``work`` if the run of ``mark`` holds its thing; else skip it."""
    state = journal.read(mark.thing_id)
    if state.busy is None or state.busy.run != mark.run:
        return Worked(Outcome("skipped", "superseded: a newer run has taken the thing over"), state)
    return Worked(work(), state)
