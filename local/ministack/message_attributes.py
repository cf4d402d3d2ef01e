"""What SQS refuses in a message's attributes, and how large both may be together.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html and
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html
"""

import re
from typing import Any

from local.ministack.patching import Patch, Replacement, ministack_module

MOST = 10
LARGEST_BYTES = 1_048_576
_NAME = re.compile(r"(?!AWS\.|Amazon\.)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*", re.IGNORECASE)
_DATA_TYPE = re.compile(r"(?:String|Number|Binary)(?:\..+)?")
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

Json = dict[str, Any]


def _checking(original: Replacement) -> Replacement:
    def send_message(request: Json, queue_url: str) -> Json:
        _check(request, queue_url)
        answer: Json = original(request, queue_url)
        return answer

    ministack_module("services.sqs")._HANDLERS["SendMessage"] = send_message
    return send_message


def _check(request: Json, queue_url: str) -> None:
    attributes = request.get("MessageAttributes") or {}
    if len(attributes) > MOST:
        raise _refused("InvalidParameterValue", f"Number of message attributes [{len(attributes)}] exceeds {MOST}.")
    for name, attribute in attributes.items():
        _check_attribute(name, attribute)
    _check_size(request, attributes, request.get("QueueUrl", queue_url))


def _check_attribute(name: str, attribute: Json) -> None:
    if not _NAME.fullmatch(name) or len(name) > 256:
        raise _refused("InvalidParameterValue", f"Message attribute name '{name}' is invalid.")
    if not _DATA_TYPE.fullmatch(attribute.get("DataType") or ""):
        raise _refused("InvalidParameterValue", f"The type of message attribute '{name}' is invalid.")
    if not _value(attribute):
        raise _refused("InvalidParameterValue", f"Message attribute '{name}' must contain a non-empty value.")
    if _REFUSED.search(attribute.get("StringValue") or ""):
        raise _refused("InvalidMessageContents", f"Attribute '{name}' contains characters outside the allowed set.")


def _check_size(request: Json, attributes: Json, queue_url: str) -> None:
    queue = ministack_module("services.sqs")._queues.get(queue_url)
    largest = int(queue["attributes"].get("MaximumMessageSize", LARGEST_BYTES)) if queue else LARGEST_BYTES
    parts = [request.get("MessageBody") or ""]
    for name, attribute in attributes.items():
        parts += [name, attribute["DataType"], _value(attribute)]
    if sum(len(part.encode("utf-8", "surrogatepass")) for part in parts) > largest:
        reason = f"Message must be shorter than {largest} bytes."
        raise _refused("InvalidParameterValue", f"One or more parameters are invalid. Reason: {reason}")


def _value(attribute: Json) -> str:
    return str(attribute.get("StringValue") or attribute.get("BinaryValue") or "")


def _refused(code: str, message: str) -> Exception:
    error: Exception = ministack_module("services.sqs")._Err(code, message)
    return error


PATCHES = (Patch("services.sqs", "_act_send_message", "3abd766508c8", _checking),)
