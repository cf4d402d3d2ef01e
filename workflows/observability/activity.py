"""Log lines and counts of the webhook's calls, and of devices that are refused a thing."""

from collections.abc import Callable

from workflows.domain.activity import Activity, Received
from workflows.errors import DeviceRefusedError
from workflows.observability.log import logger
from workflows.observability.metrics import Metric, count, count_many

_RECEIVED: dict[str, Metric] = {
    "queued": "ActivityReceived",
    "known": "ActivityKnown",
    "ignored": "ActivityIgnored",
    "unauthorized": "ActivityUnauthorized",
    "malformed": "ActivityMalformed",
    "too large": "ActivityMalformed",
}


# How often an instance writes its count of known devices' uplinks. A line for each would cost more than the function
# does. What an instance has not written when it ends is not counted.
TALLY_EVERY_S = 10.0


class Tally:
    """Adds up one metric, and writes the sum now and then. ``clock`` returns monotonic seconds."""

    def __init__(self, metric: Metric, clock: Callable[[], float]) -> None:
        self._metric, self._clock = metric, clock
        self._number, self._due_at_s = 0, clock()

    def add(self, *, stack_name: str) -> None:
        self._number += 1
        if self._clock() >= self._due_at_s:
            count_many(self._metric, self._number, stack_name=stack_name)
            self._number, self._due_at_s = 0, self._clock() + TALLY_EVERY_S


def received(outcome: Received, *, stack_name: str, known: Tally | None = None) -> Received:
    """Count a call of the webhook, those of known devices in ``known``; log one that ended unexpectedly."""
    if outcome.receipt == "known" and known is not None:
        known.add(stack_name=stack_name)
    else:
        count(_RECEIVED[outcome.receipt], stack_name=stack_name)
    if outcome.receipt not in ("queued", "known"):
        logger.warning(f"Call {outcome.receipt}: {outcome.reason}")
    return outcome


def journal_unread(error: Exception) -> None:
    """Log that it is not known whether a device has its thing: its message is queued."""
    logger.warning("The journal could not be read", error_name=type(error).__name__, error_message=str(error))


def refused(error: DeviceRefusedError, activity: Activity, *, stack_name: str) -> None:
    count("ActivityRefused", stack_name=stack_name, error_name=type(error).__name__)
    logger.warning(f"Device refused: {error}", device_id=activity.device_id, error_name=type(error).__name__)
