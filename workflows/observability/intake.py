"""Ingest's log lines and counts: every message leaves exactly one of each."""

import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any

from workflows.domain.intake import IntakeResult
from workflows.observability.log import about, logger
from workflows.observability.metrics import Metric, count
from workflows.settings import StackSettings, load

_METRIC: dict[str, Metric] = {
    "started": "EventsStarted",
    "duplicate": "EventsDuplicate",
    "ignored": "EventsIgnored",
    "unreadable": "EventsUnreadable",
}

IntakeHandler = Callable[..., IntakeResult]


def log_and_count(handle: IntakeHandler) -> IntakeHandler:
    """Log and count what ``handle`` did with a record, or that it could not start it."""

    @wraps(handle)
    def logging_and_counting(record: Any, lambda_context: Any) -> IntakeResult:  # noqa: ANN401  # Powertools' own types
        stack_name = load(StackSettings).stack_name
        try:
            result = handle(record, lambda_context)
        except Exception as error:
            count("EventsNotStarted", stack_name=stack_name)
            # Without the error's text: Step Functions may quote its input, and the input holds keys.
            where = traceback.format_tb(error.__traceback__)
            logger.error(
                "The event was not started and comes again",
                message_id=record.message_id,
                error_name=type(error).__name__,
                where=where,
            )
            raise
        count(_METRIC[result.status], stack_name=stack_name)
        named = about(result.event) if result.event else {}
        logger.info(f"Event {result.status}: {result.reason}", extra={"message_id": record.message_id, **named})
        return result

    return logging_and_counting
