"""A run at work on a thing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Run:
    """``name`` is the execution's; the thing is the one that its event is about."""

    name: str
    thing_id: str
    thing_name: str
