"""How fast, and for how long: rates and timeouts."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

from workflows.values import value

T = TypeVar("T")


class Pace:
    """A steady rate for calls from several threads: one each ``1 / per_second`` seconds. Unused time is not saved."""

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


@value
class Timeout:
    """Wait at most ``seconds`` for the next result; poll every ``interval_s``."""

    seconds: float
    interval_s: float = 1.0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def polls(self, poll: Callable[[], T]) -> Iterator[T]:
        """Yield what each call of ``poll`` returns. Stop when no call has returned anything true for ``seconds``."""
        deadline = self.clock() + self.seconds
        while True:
            found = poll()
            yield found
            if found:
                deadline = self.clock() + self.seconds
            if self.clock() >= deadline:
                return
            self.sleep(self.interval_s)
