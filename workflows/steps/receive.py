"""ReceiveActivity: a call of the webhook ► the device's IDs on the queue, if the call has the secret.

A device that has its thing is not queued (see ``Door``), except when it joins.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass

from workflows.domain.activity import Received, why_ignored
from workflows.domain.webhook import SECRET_MIN_CHARS
from workflows.errors import InvalidActivityError
from workflows.ports import ActivityQueue, WebhookSecret
from workflows.schemas.activity import WebhookCall, load_activity, message_in
from workflows.steps import door
from workflows.steps.door import Door

# Read the secret, read it again if it does not match; the door's; queue the message. The function's timeout depends
# on it.
CALLS_AT_MOST = 2 + door.CALLS_AT_MOST + 1

# The webhook's field mask selects the IDs, some 300 bytes. Without it, an uplink that a hundred gateways received has
# some 60 KB. API Gateway itself accepts 10 MB.
MAX_BODY_BYTES = 256 * 1024

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


@dataclass(frozen=True, slots=True)
class Receiver:
    guard: Guard
    door: Door
    queue: ActivityQueue
    application_id: str

    def receive(self, call: WebhookCall) -> Received:
        """Queue the activity in ``call``; nothing of a call without the secret is read.

        Raises:
            RegistryThrottledError, RegistryUnavailableError: AWS failed; The Things Stack may call again.
        """
        if not self.guard.admits(call.secret):
            return Received("unauthorized", "The header X-Thingsync-Secret is missing or wrong.")
        if call.body_bytes_at_least > MAX_BODY_BYTES:
            return Received("too large", f"The body has more than {MAX_BODY_BYTES} bytes.")
        try:
            message = message_in(call)
        except InvalidActivityError as error:
            return Received("malformed", str(error))
        return self._queue(message, is_join=call.is_join)

    def _queue(self, message: object, *, is_join: bool) -> Received:
        try:
            activity = load_activity(message)
        except InvalidActivityError as error:
            return Received("ignored", str(error))
        if reason := why_ignored(activity, self.application_id):
            return Received("ignored", f"Nothing to do: {reason}.")
        if not is_join and self.door.ends(activity):
            return Received("known", "Nothing to do: the device has its thing.")
        self.queue.put(activity)
        return Received("queued", "Queued.")


def _same(given: str, secret: str) -> bool:
    return len(secret) >= SECRET_MIN_CHARS and hmac.compare_digest(given.encode(), secret.encode())
