"""The queue of the messages that could not be processed."""

import re
from typing import TYPE_CHECKING

from workflows.ports.runs import DeadLetterQueue

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

# API_SendMessage in the SQS API Reference names what a text may hold; the rest of XML's forbidden characters is this.
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Body and attributes share the size that a message may have, and the body is what must get through.
_MAX_CHARS = 2000


class SQSDeadLetterQueue(DeadLetterQueue):
    def __init__(self, client: "SQSClient", queue_url: str) -> None:
        self._client = client
        self._queue_url = queue_url

    def put(self, body: str, error: Exception) -> None:
        name = type(error).__name__
        self._client.send_message(
            QueueUrl=self._queue_url,
            MessageBody=body,
            MessageAttributes={
                "ErrorName": {"DataType": "String", "StringValue": name},
                "ErrorMessage": {"DataType": "String", "StringValue": _sendable(str(error)) or name},
            },
        )


def _sendable(text: str) -> str:
    """Return ``text`` as SQS takes it in an attribute: what it refuses is escaped, and a long text ends in ``…``."""
    short = text if len(text) <= _MAX_CHARS else f"{text[: _MAX_CHARS - 1]}…"
    return _REFUSED.sub(lambda match: match[0].encode("unicode_escape").decode(), short)
