"""What one Lambda instance remembers for a while. It is bounded: a large fleet cannot fill the memory."""

from collections import OrderedDict
from collections.abc import Callable


class Recent:
    """Texts by key; when full, the oldest goes. ``clock`` returns monotonic seconds."""

    def __init__(self, clock: Callable[[], float], most: int) -> None:
        self._clock, self._most = clock, most
        self._entries: OrderedDict[str, tuple[float, str]] = OrderedDict()

    def get(self, key: str) -> str | None:
        """Return the text; None if there is none or its time is over."""
        ends_at_s, text = self._entries.get(key, (0.0, ""))
        if self._clock() < ends_at_s:
            return text
        self._entries.pop(key, None)
        return None

    def put(self, key: str, text: str, *, for_s: float) -> None:
        self._entries.pop(key, None)
        self._entries[key] = (self._clock() + for_s, text)
        if len(self._entries) > self._most:
            self._entries.popitem(last=False)


class RateLimiter:
    """Allows one call every ``every_s`` seconds and refuses the others at once: a token bucket.

    ``most`` is how many calls it allows at once after a quiet time.
    """

    def __init__(self, clock: Callable[[], float], *, every_s: float, most: int) -> None:
        self._clock, self._every_s, self._most = clock, every_s, most
        self._left, self._at_s = float(most), clock()

    def allows(self) -> bool:
        now_s = self._clock()
        self._left = min(self._most, self._left + (now_s - self._at_s) / self._every_s)
        self._at_s = now_s
        if self._left < 1:
            return False
        self._left -= 1
        return True
