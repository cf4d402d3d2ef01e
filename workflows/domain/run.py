"""A run: one execution of the state machine, for one change of a thing."""

from dataclasses import dataclass

# The message of an UnreportedRunError.
UNREPORTED = "The run ended without reporting its outcome."


@dataclass(frozen=True, slots=True)
class Run:
    """``name`` is the execution's name; the thing is the one in its event.

    ``retries``: how often the state that runs now was tried before.
    """

    name: str
    thing_id: str
    thing_name: str
    retries: int = 0
