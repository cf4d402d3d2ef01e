"""Events of the operator's own for the queue of registry events."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from operate.batches import batches
from operate.drift.repairs import Mending
from operate.errors import RefusedError
from operate.views.registry_events import body_of
from workflows.domain.naming import execution_arn

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

_BATCH = 10


@dataclass(frozen=True, slots=True)
class RepairQueue:
    """Its messages name the thing's last run, so that Ingest starts another even if that one succeeded."""

    client: "SQSClient"
    url: str
    state_machine_arn: str

    def send(self, repairs: Iterable[Mending]) -> Iterator[list[Mending]]:
        """Send all, ten at a time; yield what was sent. Raise ``RefusedError`` if a message was not taken."""
        for batch in batches(repairs, _BATCH):
            entries = [self._entry(number, each) for number, each in enumerate(batch)]
            answer = self.client.send_message_batch(QueueUrl=self.url, Entries=entries)
            if failed := answer.get("Failed"):
                raise RefusedError(f"The queue did not take {len(failed)} events: {failed[0].get('Message')}")
            yield batch

    def _entry(self, number: int, repair: Mending) -> "SendMessageBatchRequestEntryTypeDef":
        run = repair.latest_run or "none"
        return {
            "Id": str(number),
            "MessageBody": body_of(repair.event, datetime.now(UTC)),
            "MessageAttributes": {
                "ExecutionArn": {"DataType": "String", "StringValue": execution_arn(self.state_machine_arn, run)}
            },
        }
