"""A run at work on a thing, and what it did."""

from dataclasses import dataclass

from workflows.domain.fold import ThingState
from workflows.domain.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Run:
    """``name`` is the execution's; the thing is the one that its event is about."""

    name: str
    thing_id: str
    thing_name: str


@dataclass(frozen=True, slots=True)
class Worked:
    """``before`` is the thing's state that the run read last, so that its report need not read it again."""

    outcome: Outcome
    before: ThingState
