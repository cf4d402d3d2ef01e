"""The queue from the webhook to what makes things of devices."""

from typing import TYPE_CHECKING

from workflows.adapters.aws import transient_errors_mapped
from workflows.domain.activity import Activity
from workflows.ports.mirroring import ActivityQueue
from workflows.schemas.activity import dump_activity

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SQSActivityQueue(ActivityQueue):
    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def put(self, activity: Activity) -> None:
        with transient_errors_mapped():
            self._client.send_message(QueueUrl=self._queue_url, MessageBody=dump_activity(activity))
