"""The wait loop of the local cloud and of the tests."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(read: Callable[[], T], holds: Callable[[T], object] = bool, *, timeout_s: float, every_s: float) -> T:
    """Read until what was read ``holds`` or the time is over; return what was read last."""
    deadline = time.monotonic() + timeout_s
    while not holds(found := read()) and time.monotonic() < deadline:
        time.sleep(every_s)
    return found
