"""A queue of the stack: how many messages wait, reading, sending, deleting and moving them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from operate.errors import RefusedError
from operate.pacing import batches
from operate.views.status import Depth
from workflows.adapters.aws import code_of

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import (
        MessageAttributeValueTypeDef,
        MessageTypeDef,
        SendMessageBatchRequestEntryTypeDef,
    )

# Long enough for a look through a thousand messages, short enough to matter little if the command is killed.
LOOK_S = 60
# The most that one call takes.
BATCH = 10


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as it waits; ``attributes`` are those that its sender gave."""

    message_id: str
    body: str = field(repr=False)
    attributes: Mapping[str, str]
    sent_at: datetime
    receipt: str = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Outgoing:
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

    def depth(self) -> Depth:
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
        return Depth(
            waiting=counts["ApproximateNumberOfMessages"] + delayed,
            in_flight=counts["ApproximateNumberOfMessagesNotVisible"],
        )

    def send(self, messages: Sequence[Outgoing]) -> None:
        """Send at most ten messages; raise ``RefusedError`` if any was not taken."""
        entries = [_entry(number, message) for number, message in enumerate(messages)]
        answer = self._client.send_message_batch(QueueUrl=self.url, Entries=entries)
        if failed := answer.get("Failed"):
            raise RefusedError(f"{self.name} did not take {len(failed)} messages: {failed[0].get('Message')}")

    def look(self, limit: int) -> Iterator[Letter]:
        """Look at up to ``limit`` messages and put them back.

        Each look counts as a receive and hides a message for a moment, so the messages are all put back before the
        last one is told; of a deep queue SQS shows a sample.
        """
        seen: dict[str, Letter] = {}
        try:
            while len(seen) < limit and (fresh := self._received(limit - len(seen), seen)):
                seen |= fresh
        finally:
            self._put_back([letter.receipt for letter in seen.values()])
        yield from seen.values()

    def take(self, letters: Sequence[Letter]) -> None:
        """Delete ``letters``; raise ``RefusedError`` if any stays, as when somebody else has received it since."""
        for batch in batches(letters, BATCH):
            answer = self._client.delete_message_batch(
                QueueUrl=self.url,
                Entries=[{"Id": str(number), "ReceiptHandle": each.receipt} for number, each in enumerate(batch)],
            )
            if failed := answer.get("Failed"):
                raise RefusedError(f"{self.name} did not give up {len(failed)} letters: {failed[0].get('Message')}")

    def purge(self) -> None:
        self._client.purge_queue(QueueUrl=self.url)

    def _received(self, at_most: int, seen: Mapping[str, Letter]) -> dict[str, Letter]:
        # A second of patience asks all of the queue's servers; without it SQS asks a few of them.
        answer = self._client.receive_message(
            QueueUrl=self.url,
            MaxNumberOfMessages=min(BATCH, at_most),
            VisibilityTimeout=LOOK_S,
            WaitTimeSeconds=1,
            MessageAttributeNames=["All"],
            MessageSystemAttributeNames=["SentTimestamp"],
        )
        letters = [_letter(message) for message in answer.get("Messages", [])]
        return {letter.message_id: letter for letter in letters if letter.message_id not in seen}

    def _put_back(self, receipts: Sequence[str]) -> None:
        for batch in batches(receipts, BATCH):
            self._client.change_message_visibility_batch(
                QueueUrl=self.url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": receipt, "VisibilityTimeout": 0}
                    for number, receipt in enumerate(batch)
                ],
            )


def _entry(number: int, message: Outgoing) -> "SendMessageBatchRequestEntryTypeDef":
    attributes: dict[str, MessageAttributeValueTypeDef] = {
        name: {"DataType": "String", "StringValue": text} for name, text in message.attributes.items()
    }
    return {"Id": str(number), "MessageBody": message.body, "MessageAttributes": attributes}


def _letter(message: "MessageTypeDef") -> Letter:
    sent_ms = int(message["Attributes"]["SentTimestamp"])
    return Letter(
        message_id=message["MessageId"],
        body=message["Body"],
        attributes={name: each.get("StringValue", "") for name, each in message.get("MessageAttributes", {}).items()},
        sent_at=datetime.fromtimestamp(sent_ms / 1000, UTC),
        receipt=message["ReceiptHandle"],
    )


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
