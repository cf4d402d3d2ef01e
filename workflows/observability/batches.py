"""Log lines and counts of a batch's messages: what was done about each, or that it is delivered again."""

import traceback
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Generic, TypeVar

from workflows.domain.activity import ActivityResult
from workflows.domain.intake import IntakeResult
from workflows.errors import SyncError
from workflows.observability.log import about, logger
from workflows.observability.metrics import Metric, count
from workflows.values import value

Result = TypeVar("Result", IntakeResult, ActivityResult)


@value
class MessageKind(Generic[Result]):
    """``counted``: the metric of each status; ``unlogged``: the status of almost every message, which leaves no line.

    ``names_errors``: failures are counted by the error's name, too, and the text of our own errors is logged. Other
    texts never are: AWS may quote what it was given, and that may hold keys.
    """

    name: str
    counted: Mapping[str, Metric]
    counted_failed: Metric
    failed: str
    named: Callable[[Result], Mapping[str, object]]
    unlogged: str = ""
    names_errors: bool = False

    def log_result(self, message_id: str, result: Result, stack_name: str) -> None:
        if result.status in self.counted:
            count(self.counted[result.status], stack_name=stack_name)
        if result.status != self.unlogged:
            extra = {"message_id": message_id, **self.named(result)}
            logger.info(f"{self.name} {result.status}: {result.reason}", extra=extra)

    def log_failure(self, message_id: str, error: Exception, stack_name: str) -> None:
        error_name = type(error).__name__
        count(self.counted_failed, stack_name=stack_name, error_name=error_name if self.names_errors else None)
        text = {"error_message": str(error) if isinstance(error, SyncError) else None} if self.names_errors else {}
        where = traceback.format_tb(error.__traceback__)
        logger.error(self.failed, extra={"message_id": message_id, "error_name": error_name, **text, "where": where})


EVENTS: MessageKind[IntakeResult] = MessageKind(
    name="Event",
    counted={
        "started": "EventsStarted",
        "duplicate": "EventsDuplicate",
        "ignored": "EventsIgnored",
        "unreadable": "EventsUnreadable",
    },
    counted_failed="EventsNotStarted",
    failed="The event was not started; it is delivered again",
    named=lambda result: about(result.event) if result.event else {},
)
ACTIVITY: MessageKind[ActivityResult] = MessageKind(
    name="Activity",
    counted={
        "mirrored": "ThingsMirrored",
        "linked": "ThingsLinked",
        "stale": "ActivityStale",
        "ignored": "ActivityIgnored",
    },
    counted_failed="ActivityFailed",
    failed="The activity was not processed; it is delivered again",
    named=lambda result: {"thing_name": result.thing_name},
    unlogged="known",
    names_errors=True,
)


def log_and_count(
    kind: MessageKind[Result], stack_name: Callable[[], str]
) -> Callable[[Callable[..., Result]], Callable[..., Result]]:
    """Log and count what the decorated function did about a record of a queue, or that it failed."""

    def decorated(handle: Callable[..., Result]) -> Callable[..., Result]:
        @wraps(handle)
        def logging_and_counting(record: Mapping[str, Any], **more: object) -> Result:
            try:
                result = handle(record, **more)
            except Exception as error:
                kind.log_failure(record["messageId"], error, stack_name())
                raise
            kind.log_result(record["messageId"], result, stack_name())
            return result

        return logging_and_counting

    return decorated


def partial_response(event: Mapping[str, Any], handle: Callable[[Mapping[str, Any]], object]) -> dict[str, Any]:
    """Let ``handle`` take each message of a batch; return those at which it failed, to be delivered again."""
    failed = [record["messageId"] for record in event["Records"] if _fails(handle, record)]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _fails(handle: Callable[[Mapping[str, Any]], object], record: Mapping[str, Any]) -> bool:
    try:
        handle(record)
    except Exception:  # noqa: BLE001  # logged where it was raised; the next messages are not to blame
        return True
    return False
