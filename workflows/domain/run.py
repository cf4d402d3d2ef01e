"""A run: one execution of the state machine, for one change of a thing."""

# The message of an UnreportedRunError.
from workflows.values import value

UNREPORTED = "The run ended without reporting its outcome."


@value
class Run:
    """``name`` is the execution's name; the thing is the one in its event.

    ``retries``: how often the state that runs now was tried before.
    """

    name: str
    thing_id: str
    thing_name: str
    retries: int = 0
