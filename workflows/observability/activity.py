"""Log lines and counts of devices' activity. A device that is known leaves none: that is almost every uplink."""

import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any

from workflows.domain.activity import Activity, Received, Served
from workflows.errors import DeviceRefusedError, SyncError
from workflows.observability.log import logger
from workflows.observability.metrics import Metric, count

_RECEIVED: dict[str, Metric] = {
    "queued": "ActivityReceived",
    "ignored": "ActivityIgnored",
    "unauthorized": "ActivityUnauthorized",
    "malformed": "ActivityMalformed",
    "too large": "ActivityMalformed",
}
_SERVED: dict[str, Metric] = {
    "mirrored": "ThingsMirrored",
    "linked": "ThingsLinked",
    "stale": "ActivityStale",
    "ignored": "ActivityIgnored",
}

Serve = Callable[..., Served]


def received(outcome: Received, *, stack_name: str) -> Received:
    """Count a call of the webhook; log one that was not queued."""
    count(_RECEIVED[outcome.receipt], stack_name=stack_name)
    if outcome.receipt != "queued":
        logger.warning(f"Call {outcome.receipt}: {outcome.reason}")
    return outcome


def refused(error: DeviceRefusedError, activity: Activity, *, stack_name: str) -> None:
    count("ActivityRefused", stack_name=stack_name, error_name=type(error).__name__)
    logger.warning(f"Device refused: {error}", device_id=activity.device_id, error_name=type(error).__name__)


def untold(where: str, error: Exception) -> None:
    """Log what kept the thing log or the shadow from being written."""
    logger.warning(f"The {where} could not be written", error_name=type(error).__name__)


def told(stack_name: Callable[[], str]) -> Callable[[Serve], Serve]:
    """Log and count what was done about a message, or that it comes again."""

    def telling(serve: Serve) -> Serve:
        @wraps(serve)
        def tell(record: Any, *more: object) -> Served:  # noqa: ANN401  # Powertools' own type
            try:
                served = serve(record, *more)
            except Exception as error:
                _not_served(record, error, stack_name())
                raise
            _served(record, served, stack_name())
            return served

        return tell

    return telling


def _served(record: Any, served: Served, stack_name: str) -> None:  # noqa: ANN401  # as above
    if served.fate in _SERVED:
        count(_SERVED[served.fate], stack_name=stack_name)
    if served.fate != "known":
        reason = f"Activity {served.fate}: {served.reason}"
        logger.info(reason, message_id=record.message_id, thing_name=served.thing_name)


def _not_served(record: Any, error: Exception, stack_name: str) -> None:  # noqa: ANN401  # as above
    """Without the text of an error that is not ours: AWS may quote attributes, and those may be keys."""
    count("ActivityNotServed", stack_name=stack_name, error_name=type(error).__name__)
    logger.error(
        "The activity was not served and comes again",
        message_id=record.message_id,
        error_name=type(error).__name__,
        error_message=str(error) if isinstance(error, SyncError) else None,
        where=traceback.format_tb(error.__traceback__),
    )
