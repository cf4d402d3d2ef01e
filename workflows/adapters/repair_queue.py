"""The queue of registry events, for repairs."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from workflows.adapters.aws import transient_errors_mapped
from workflows.domain.event import RegistryEvent
from workflows.ports.reconciling import RepairQueue
from workflows.schemas.event import dump_event
from workflows.schemas.message import rerun_attributes

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeFilterType
    from mypy_boto3_sqs.type_defs import MessageAttributeValueTypeDef


_COUNTS: "list[QueueAttributeFilterType]" = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesDelayed",
    "ApproximateNumberOfMessagesNotVisible",
]


class SQSRepairQueue(RepairQueue):
    def __init__(
        self, client: "SQSClient", queue_url: str, state_machine_arn: str, now: Callable[[], datetime]
    ) -> None:
        self._client = client
        self._queue_url = queue_url
        self._state_machine_arn = state_machine_arn
        self._now = now

    def is_empty(self) -> bool:
        """SQS counts approximately: within a minute the numbers are right."""
        with transient_errors_mapped():
            answer = self._client.get_queue_attributes(QueueUrl=self._queue_url, AttributeNames=_COUNTS)
        return not any(map(int, answer["Attributes"].values()))

    def send(self, event: RegistryEvent, latest_run: str) -> None:
        again = rerun_attributes(self._state_machine_arn, latest_run or "none")
        attributes: dict[str, MessageAttributeValueTypeDef] = {
            name: {"DataType": "String", "StringValue": text} for name, text in again.items()
        }
        with transient_errors_mapped():
            self._client.send_message(
                QueueUrl=self._queue_url,
                MessageBody=dump_event(event, self._now()),
                MessageAttributes=attributes,
            )
