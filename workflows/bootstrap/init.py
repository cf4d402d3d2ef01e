"""What a function needs is made while Lambda's init phase runs: at full speed, not at the share of its memory."""

from collections.abc import Callable
from contextlib import suppress

from workflows.settings import in_lambda


def prepare(*parts: Callable[[], object]) -> None:
    """Call ``parts``, whose own caches hold what they make, unless this is no instance of a function.

    What cannot be made, or read of the stack's own secrets, is made or read again by the first call: its error has a
    name there that the state machine knows. An error of the init phase would have none.
    """
    for part in parts if in_lambda() else ():
        with suppress(Exception):
            part()
