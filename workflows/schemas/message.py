"""The body of a queue message becomes the registry event it holds, with its text as AWS IoT published it."""

import base64
import re
from collections.abc import Mapping
from typing import Any

import orjson

from workflows.domain.event import RegistryEvent
from workflows.domain.intake import Message
from workflows.errors import InvalidEventError
from workflows.schemas.event import load_event

# SQS takes neither, and JSON need not escape them as it must what else SQS refuses: of a run with such an event, the
# dead-letter queue would not take the event.
_NO_CHARACTERS = re.compile(r"[\ufffe\uffff]|\\u[fF]{3}[eEfF]")


def message_of(record: Mapping[str, Any]) -> Message:
    """Read a record of the event that Lambda gets from SQS."""
    execution_arn = record["messageAttributes"].get("ExecutionArn", {}).get("stringValue")
    return Message(message_id=record["messageId"], body=record["body"], execution_arn=execution_arn)


def read_message(body: str) -> tuple[str, RegistryEvent]:
    """Return the event's JSON text and the event; an IoT rule's error action envelope is unwrapped.

    Raises:
        InvalidEventError: ``body`` is neither an event nor an envelope around one.
    """
    message = _parsed(body)
    if isinstance(message, Mapping) and "base64OriginalPayload" in message:
        body = _original_payload(message)
        message = _parsed(body)
    if _NO_CHARACTERS.search(body):
        raise InvalidEventError("The message holds U+FFFE or U+FFFF, so it is no AWS IoT registry event.")
    return body, load_event(message)


def _parsed(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidEventError("The message is not JSON, so it is no AWS IoT registry event.") from error


def _original_payload(envelope: Mapping[str, object]) -> str:
    """Unwrap what an error action queued.

    Source:
        AWS IoT Core developer guide, Error handling (error action): the message format.
    """
    try:
        return base64.b64decode(str(envelope["base64OriginalPayload"]), validate=True).decode()
    except ValueError as error:  # no base64, letters beyond ASCII, or bytes that are no UTF-8
        raise InvalidEventError("The error action's base64OriginalPayload is not base64 of a UTF-8 text.") from error
