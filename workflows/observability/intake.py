"""Ingest's log lines and counts: every message leaves exactly one of each."""

import traceback
from collections.abc import Callable
from functools import wraps
from typing import Any

from workflows.domain.intake import Taken
from workflows.observability.log import about, logger
from workflows.observability.metrics import Metric, count
from workflows.settings import StackSettings, load

_METRIC: dict[str, Metric] = {
    "started": "EventsStarted",
    "duplicate": "EventsDuplicate",
    "ignored": "EventsIgnored",
    "unreadable": "EventsUnreadable",
}

Take = Callable[..., Taken]


def told(take: Take) -> Take:
    """Log and count what ``take`` did with a record, or that it could not start it."""

    @wraps(take)
    def telling(record: Any, lambda_context: Any) -> Taken:  # noqa: ANN401  # Powertools' own types
        stack_name = load(StackSettings).stack_name
        try:
            taken = take(record, lambda_context)
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
        count(_METRIC[taken.fate], stack_name=stack_name)
        named = about(taken.event) if taken.event else {}
        logger.info(f"Event {taken.fate}: {taken.reason}", extra={"message_id": record.message_id, **named})
        return taken

    return telling
