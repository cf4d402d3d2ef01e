"""How many calls at once, how fast, and for how long: batches, rates and timeouts."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

# As many connections as a boto3 client keeps open.
WIDTH = 10


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def looked_up(look_up: Callable[[T], R], items: Iterable[T]) -> Iterator[R]:
    """Map ``look_up``, which waits for answers, over ``items`` in their order, ``WIDTH`` at a time."""
    with ThreadPoolExecutor(WIDTH) as pool:
        for batch in batches(items, WIDTH):
            yield from pool.map(look_up, batch)


class Pace:
    """Lets one call go every ``1 / per_second`` seconds; time that nobody used is not saved up."""

    def __init__(
        self,
        per_second: float,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._interval_s = 1 / per_second
        self._clock, self._sleep = clock, sleep
        self._free_at = clock()
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Return when it is the caller's turn."""
        with self._lock:
            now = self._clock()
            turn = max(self._free_at, now)
            self._free_at = turn + self._interval_s
        if turn > now:
            self._sleep(turn - now)
