"""Log lines and counts of devices' activity. A device that is known leaves none: that is almost every uplink."""

import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any

from workflows.domain.activity import Activity, ActivityResult, Received
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

ActivityHandler = Callable[..., ActivityResult]


def received(outcome: Received, *, stack_name: str) -> Received:
    """Count a call of the webhook; log one that was not queued."""
    count(_RECEIVED[outcome.receipt], stack_name=stack_name)
    if outcome.receipt != "queued":
        logger.warning(f"Call {outcome.receipt}: {outcome.reason}")
    return outcome


def refused(error: DeviceRefusedError, activity: Activity, *, stack_name: str) -> None:
    count("ActivityRefused", stack_name=stack_name, error_name=type(error).__name__)
    logger.warning(f"Device refused: {error}", device_id=activity.device_id, error_name=type(error).__name__)


def log_write_failure(where: str, error: Exception) -> None:
    """Log what kept the thing log or the shadow from being written."""
    logger.warning(f"The {where} could not be written", error_name=type(error).__name__)


def log_and_count(stack_name: Callable[[], str]) -> Callable[[ActivityHandler], ActivityHandler]:
    """Log and count what was done about a message, or that it comes again."""

    def logging_and_counting(handle: ActivityHandler) -> ActivityHandler:
        @wraps(handle)
        def logging_and_counting(record: Any, *more: object) -> ActivityResult:  # noqa: ANN401  # Powertools' own type
            try:
                result = handle(record, *more)
            except Exception as error:
                _log_failure(record, error, stack_name())
                raise
            _log_result(record, result, stack_name())
            return result

        return logging_and_counting

    return logging_and_counting


def _log_result(record: Any, result: ActivityResult, stack_name: str) -> None:  # noqa: ANN401  # as above
    if result.status in _SERVED:
        count(_SERVED[result.status], stack_name=stack_name)
    if result.status != "known":
        reason = f"Activity {result.status}: {result.reason}"
        logger.info(reason, message_id=record.message_id, thing_name=result.thing_name)


def _log_failure(record: Any, error: Exception, stack_name: str) -> None:  # noqa: ANN401  # as above
    """Without the text of an error that is not ours: AWS may quote attributes, and those may be keys."""
    count("ActivityNotServed", stack_name=stack_name, error_name=type(error).__name__)
    logger.error(
        "The activity was not result and comes again",
        message_id=record.message_id,
        error_name=type(error).__name__,
        error_message=str(error) if isinstance(error, SyncError) else None,
        where=traceback.format_tb(error.__traceback__),
    )
