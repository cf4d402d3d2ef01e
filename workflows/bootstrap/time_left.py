"""How much of its time a function has left, as Lambda says of the invocation that is under way."""

import math
from typing import Protocol


class Invocation(Protocol):
    """What Lambda gives a handler beside the event."""

    def get_remaining_time_in_millis(self) -> int: ...


class TimeLeft:
    """One for the life of an instance, which has one invocation at a time."""

    def __init__(self) -> None:
        self._context: Invocation | None = None

    def begin(self, context: Invocation) -> None:
        self._context = context

    def seconds(self) -> float:
        """Return the time left; infinite in a function that never asks."""
        return math.inf if self._context is None else self._context.get_remaining_time_in_millis() / 1000


TIME_LEFT = TimeLeft()
