"""A run that works on a thing, and its result."""

from dataclasses import dataclass

from workflows.domain.fold import ThingState
from workflows.domain.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Run:
    """``name`` is the execution's name; the thing is the one in its event."""

    name: str
    thing_id: str
    thing_name: str


@dataclass(frozen=True, slots=True)
class Worked:
    """``before`` is the thing's state as the run last read it; the report need not read it again."""

    outcome: Outcome
    before: ThingState
