"""Log lines and counts of the webhook's calls, and of devices that are refused a thing."""

from workflows.domain.activity import Activity, Received
from workflows.errors import DeviceRefusedError
from workflows.observability.log import logger
from workflows.observability.metrics import Metric, count

_RECEIVED: dict[str, Metric] = {
    "queued": "ActivityReceived",
    "known": "ActivityKnown",
    "ignored": "ActivityIgnored",
    "unauthorized": "ActivityUnauthorized",
    "malformed": "ActivityMalformed",
    "too large": "ActivityMalformed",
}


def received(outcome: Received, *, stack_name: str) -> Received:
    """Count a call of the webhook; log one that ended unexpectedly."""
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
