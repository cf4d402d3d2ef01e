"""AuthorizeActivity: does a call of the webhook bear the stack's secret?"""

import hmac
from collections.abc import Callable

from workflows.domain.webhook import SECRET_MIN_CHARS
from workflows.ports.secrets import WebhookSecret

# Read the secret, read it again if it does not match. The function's timeout depends on it.
CALLS_AT_MOST = 2

# A call with a wrong secret may have a rotated secret, or come from anybody: not each one may cost a call to AWS.
REFRESH_S = 60.0


class Guard:
    """Compares secrets. ``clock`` returns monotonic seconds."""

    def __init__(self, secret: WebhookSecret, clock: Callable[[], float]) -> None:
        self._secret, self._clock = secret, clock
        self._refreshed_at_s: float | None = None

    def admits(self, given: str | None) -> bool:
        """Return whether ``given`` is the secret. The comparison takes the same time for every wrong secret.

        A secret that is too short admits nobody. So an empty secret does not admit an empty header.
        """
        if given is None:
            return False
        return _same(given, self._secret.current()) or (self._may_refresh() and _same(given, self._refreshed()))

    def _may_refresh(self) -> bool:
        return self._refreshed_at_s is None or self._clock() - self._refreshed_at_s >= REFRESH_S

    def _refreshed(self) -> str:
        self._refreshed_at_s = self._clock()
        return self._secret.refreshed()


def _same(given: str, secret: str) -> bool:
    return len(secret) >= SECRET_MIN_CHARS and hmac.compare_digest(given.encode(), secret.encode())
