"""What a function needs is made while Lambda's init phase runs: at full speed, not at the share of its memory."""

import gc
from collections.abc import Callable
from contextlib import suppress

from workflows.settings import in_lambda


def begin() -> None:
    """Let nothing be collected until ``prepare`` is done: imports leave nothing behind, and to look takes a tenth more.

    Comes before all other imports of a function.
    """
    if in_lambda():
        gc.disable()


def prepare(*parts: Callable[[], object]) -> None:
    """Call ``parts``, whose own caches hold what they make, unless this is no instance of a function.

    What cannot be made, or read of the stack's own secrets, is made or read again by the first call: its error has a
    name there that the state machine knows. An error of the init phase would have none.
    """
    if not in_lambda():
        return
    for part in parts:
        with suppress(Exception):
            part()
    # All that is there now stays. To go through it takes 30 ms, which else fall into some call, often the first.
    gc.freeze()
    gc.enable()
