"""A queue of the stack: how many messages wait, reading, sending, deleting and moving them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from operate.errors import RefusedError
from operate.views.waiting import QueueDepth
from operate.views.wording import plural
from workflows.adapters.aws import code_of
from workflows.domain.batches import batches
from workflows.values import value

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import (
        MessageAttributeValueTypeDef,
        MessageTypeDef,
        SendMessageBatchRequestEntryTypeDef,
    )

# Long enough to read a thousand messages, short enough to do little harm if the command is killed.
READ_S = 60
# One call takes at most this many messages.
BATCH = 10
# Of a deletion only the receipt handle can be wrong. The second code is of a handle that has expired.
_NO_LONGER_OURS = ("ReceiptHandleIsInvalid", "InvalidParameterValue")


@value
class QueueMessage:
    """A message in a queue, with its sender's ``attributes``."""

    message_id: str
    body: str = field(repr=False)
    attributes: Mapping[str, str]
    sent_at: datetime
    receipt: str = field(repr=False, compare=False)


@value
class OutgoingMessage:
    """A message to send; ``attributes`` are texts."""

    body: str = field(repr=False)
    attributes: Mapping[str, str] = field(default_factory=dict)


class Queue:
    def __init__(self, client: "SQSClient", url: str) -> None:
        self._client = client
        self.url = url

    @property
    def name(self) -> str:
        return self.url.rpartition("/")[2]

    def arn(self) -> str:
        answer = self._client.get_queue_attributes(QueueUrl=self.url, AttributeNames=["QueueArn"])
        return answer["Attributes"]["QueueArn"]

    def depth(self) -> QueueDepth:
        answer = self._client.get_queue_attributes(
            QueueUrl=self.url,
            AttributeNames=[
                "ApproximateNumberOfMessages",
                "ApproximateNumberOfMessagesDelayed",
                "ApproximateNumberOfMessagesNotVisible",
            ],
        )
        counts = {name: int(count) for name, count in answer["Attributes"].items()}
        delayed = counts.get("ApproximateNumberOfMessagesDelayed", 0)
        return QueueDepth(
            waiting=counts["ApproximateNumberOfMessages"] + delayed,
            in_flight=counts["ApproximateNumberOfMessagesNotVisible"],
        )

    def send(self, messages: Sequence[OutgoingMessage]) -> None:
        """Send at most ten messages; raise ``RefusedError`` if SQS refuses one."""
        entries = [_entry(number, message) for number, message in enumerate(messages)]
        answer = self._client.send_message_batch(QueueUrl=self.url, Entries=entries)
        if failed := answer.get("Failed"):
            raise RefusedError(f"{self.name} refused {len(failed)} messages: {failed[0].get('Message')}")

    def read(self, limit: int) -> Iterator[QueueMessage]:
        """Read up to ``limit`` messages and put them back. Of a long queue SQS shows a sample.

        Reading counts as a receive and hides a message for a moment. All are put back before the first is returned.
        """
        seen: dict[str, QueueMessage] = {}
        try:
            while len(seen) < limit and (fresh := self._received(limit - len(seen), seen)):
                seen |= fresh
        finally:
            self._put_back([message.receipt for message in seen.values()])
        yield from seen.values()

    def delete(self, messages: Sequence[QueueMessage]) -> int:
        """Delete ``messages`` and return how many went: not those that somebody else received or deleted since.

        Raise ``RefusedError`` if SQS refuses one for another reason.
        """
        not_ours = 0
        for batch in batches(messages, BATCH):
            answer = self._client.delete_message_batch(
                QueueUrl=self.url,
                Entries=[{"Id": str(number), "ReceiptHandle": each.receipt} for number, each in enumerate(batch)],
            )
            failed = answer.get("Failed", [])
            if refused := [each for each in failed if each["Code"] not in _NO_LONGER_OURS]:
                raise RefusedError(
                    f"{self.name} did not delete {plural(len(refused), 'message')}: {refused[0].get('Message')}"
                )
            not_ours += len(failed)
        return len(messages) - not_ours

    def purge(self) -> None:
        self._client.purge_queue(QueueUrl=self.url)

    def _received(self, at_most: int, seen: Mapping[str, QueueMessage]) -> dict[str, QueueMessage]:
        # With a wait time SQS asks all of the queue's servers, without one only a few.
        answer = self._client.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=min(BATCH, at_most),
            VisibilityTimeout=READ_S,
            WaitTimeSeconds=1,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        messages = [_message(message) for message in answer.get("Messages", [])]
        return {message.message_id: message for message in messages if message.message_id not in seen}

    def _put_back(self, receipts: Sequence[str]) -> None:
        for batch in batches(receipts, BATCH):
            self._client.change_message_visibility_batch(
                QueueUrl=self.url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": receipt, "VisibilityTimeout": 0}
                    for number, receipt in enumerate(batch)
                ],
            )


def _entry(number: int, message: OutgoingMessage) -> "SendMessageBatchRequestEntryTypeDef":
    attributes: dict[str, MessageAttributeValueTypeDef] = {
        name: {"DataType": "String", "StringValue": text} for name, text in message.attributes.items()
    }
    return {"Id": str(number), "MessageBody": message.body, "MessageAttributes": attributes}


def _message(message: "MessageTypeDef") -> QueueMessage:
    sent_ms = int(message["Attributes"]["SentTimestamp"])
    return QueueMessage(
        message_id=message["MessageId"],
        body=message["Body"],
        attributes={name: each.get("StringValue", "") for name, each in message.get("MessageAttributes", {}).items()},
        sent_at=datetime.fromtimestamp(sent_ms / 1000, UTC),
        receipt=message["ReceiptHandle"],
    )


RUNNING = ("RUNNING", "CANCELLING")
_GONE = ("ResourceNotFoundException", "AWS.SimpleQueueService.ResourceNotFoundException")


@value
class MessageMove:
    """``handle`` is None after the task's end; ``to_move`` is None where SQS does not know."""

    status: str
    moved: int
    to_move: int | None
    handle: str | None
    why_failed: str | None

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING


class MessageMoves:
    """Moves from one queue."""

    def __init__(self, client: "SQSClient", source_arn: str) -> None:
        self._client = client
        self._source_arn = source_arn

    def start(self, destination_arn: str, per_second: int | None) -> None:
        """Move everything to ``destination_arn``.

        SQS finds the source queue by itself only for messages that it moved here; most of these were sent here.
        """
        velocity = {} if per_second is None else {"MaxNumberOfMessagesPerSecond": per_second}
        self._client.start_message_move_task(
            SourceArn=self._source_arn,
            DestinationArn=destination_arn,
            **velocity,
        )

    def latest(self) -> MessageMove | None:
        """Return the move that was started last; SQS lists those of the last 24 hours."""
        found = self._client.list_message_move_tasks(SourceArn=self._source_arn, MaxResults=1).get("Results", [])
        if not found:
            return None
        [task] = found
        return MessageMove(
            status=task.get("Status", ""),
            moved=task.get("ApproximateNumberOfMessagesMoved", 0),
            to_move=task.get("ApproximateNumberOfMessagesToMove"),
            handle=task.get("TaskHandle"),
            why_failed=task.get("FailureReason"),
        )

    def running(self) -> MessageMove | None:
        latest = self.latest()
        return latest if latest and latest.is_running else None

    def cancel(self, handle: str) -> None:
        """Stop the move; the rest stays in its queue. A move that has just ended is a success, too."""
        try:
            self._client.cancel_message_move_task(TaskHandle=handle)
        except ClientError as error:
            if code_of(error) not in _GONE:
                raise
