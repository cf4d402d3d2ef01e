"""A steady rate for calls from several threads."""

import threading
import time
from collections.abc import Callable


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
