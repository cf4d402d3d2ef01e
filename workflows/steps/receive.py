"""ReceiveActivity: a call of the webhook that has the secret ► the device's IDs on the queue.

A device that has its thing is not queued (see ``Door``), except when it joins.
"""

from workflows.domain.activity import Received, why_ignored
from workflows.errors import InvalidActivityError
from workflows.ports.mirroring import ActivityQueue
from workflows.schemas.activity import WebhookCall, load_activity, message_in
from workflows.steps import door
from workflows.steps.door import Door
from workflows.values import value

# The door's; queue the message. The function's timeout depends on it.
CALLS_AT_MOST = door.CALLS_AT_MOST + 1

# The webhook's field mask selects the IDs, some 300 bytes. Without it, an uplink that a hundred gateways received has
# some 60 KB. API Gateway itself accepts 10 MB.
MAX_BODY_BYTES = 256 * 1024


@value
class Receiver:
    door: Door
    queue: ActivityQueue
    application_id: str

    def receive(self, call: WebhookCall) -> Received:
        """Queue the activity in ``call``; nothing of a call that was not admitted is read.

        Raises:
            RegistryThrottledError, RegistryUnavailableError: AWS failed; The Things Stack may call again.
        """
        if not call.is_admitted:
            return Received("unauthorized", "API Gateway did not have the header X-Thingsync-Secret checked.")
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
