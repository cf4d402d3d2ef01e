"""The states that call The Things Stack first ask whether their run still holds its thing.

A run that is restarted from its middle could else write over what a newer one has done since.
"""

from collections.abc import Callable
from dataclasses import dataclass

from workflows.domain.fold import ThingState
from workflows.domain.mark import Mark
from workflows.domain.outcome import Outcome
from workflows.ports.journal import Journal


@dataclass(frozen=True, slots=True)
class Worked:
    """``before`` is the thing's state that the fence read, so that the report need not read it again."""

    outcome: Outcome
    before: ThingState


def fenced(journal: Journal, mark: Mark, work: Callable[[], Outcome]) -> Worked:
    """Do ``work`` if the run of ``mark`` holds its thing; else skip it."""
    state = journal.read(mark.thing_id)
    if state.busy is None or state.busy.run != mark.run:
        return Worked(Outcome("skipped", "superseded: a newer run has taken the thing over"), state)
    return Worked(work(), state)
