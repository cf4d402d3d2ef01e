"""The queue where a message waits that could not be served."""

from typing import TYPE_CHECKING

from workflows.ports import DeadLetters

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class DeadLetterQueue(DeadLetters):
    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def put(self, body: str, error: Exception) -> None:
        self._client.send_message(
            QueueUrl=self._queue_url,
            MessageBody=body,
            MessageAttributes={
                "ErrorName": {"DataType": "String", "StringValue": type(error).__name__},
                "ErrorMessage": {"DataType": "String", "StringValue": str(error)},
            },
        )
