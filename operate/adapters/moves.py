"""Moving a dead-letter queue back: SQS's message move tasks, one at a time for a queue."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from workflows.adapters.aws import code_of

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

RUNNING = ("RUNNING", "CANCELLING")
_GONE = ("ResourceNotFoundException", "AWS.SimpleQueueService.ResourceNotFoundException")


@dataclass(frozen=True, slots=True)
class Move:
    """``handle`` is there while the task runs; ``to_move`` is None where SQS does not know."""

    status: str
    moved: int
    to_move: int | None
    handle: str | None
    why_failed: str | None

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING


class Moves:
    """Moves from one queue."""

    def __init__(self, client: "SQSClient", source_arn: str) -> None:
        self._client = client
        self._source_arn = source_arn

    def start(self, destination_arn: str, per_second: int | None) -> None:
        """Move everything to ``destination_arn``.

        It is always named: SQS knows the way back only of messages that it moved here itself, and most of these
        were sent here.
        """
        velocity = {} if per_second is None else {"MaxNumberOfMessagesPerSecond": per_second}
        self._client.start_message_move_task(
            SourceArn=self._source_arn,
            DestinationArn=destination_arn,
            **velocity,
        )

    def latest(self) -> Move | None:
        """Return the move that was started last; SQS remembers those of the last 24 hours."""
        found = self._client.list_message_move_tasks(SourceArn=self._source_arn, MaxResults=1).get("Results", [])
        if not found:
            return None
        [task] = found
        return Move(
            status=task.get("Status", ""),
            moved=task.get("ApproximateNumberOfMessagesMoved", 0),
            to_move=task.get("ApproximateNumberOfMessagesToMove"),
            handle=task.get("TaskHandle"),
            why_failed=task.get("FailureReason"),
        )

    def cancel(self, handle: str) -> None:
        """Leave where it is what has not been moved; a move that has just ended is a success, too."""
        try:
            self._client.cancel_message_move_task(TaskHandle=handle)
        except ClientError as error:
            if code_of(error) not in _GONE:
                raise
