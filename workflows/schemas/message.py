"""Reads the registry event, and its text as AWS IoT published it, from the body of a queue message.

A message's attributes may ask for another run.
"""

import base64
import re
from collections.abc import Mapping
from typing import Any

import orjson

from workflows.domain.event import RegistryEvent
from workflows.domain.intake import Message
from workflows.domain.naming import execution_arn
from workflows.errors import InvalidEventError
from workflows.schemas.event import load_event

_FAILED_RUN = "ExecutionArn"
# SQS accepts neither of these characters. JSON must escape everything else that SQS refuses, but not these two. The
# dead-letter queue would not accept an event that contains them.
_NO_CHARACTERS = re.compile(r"[\ufffe\uffff]|\\u[fF]{3}[eEfF]")


def message_of(record: Mapping[str, Any]) -> Message:
    """Read one record of the Lambda event from SQS."""
    failed_arn = record["messageAttributes"].get(_FAILED_RUN, {}).get("stringValue")
    return Message(message_id=record["messageId"], body=record["body"], execution_arn=failed_arn)


def rerun_attributes(state_machine_arn: str, failed_run: str) -> Mapping[str, str]:
    """Return the message attributes that make Ingest start another run, even if one of the same name succeeded.

    Without a failed run there are none: a message that is delivered twice must start only one run.
    """
    return {_FAILED_RUN: execution_arn(state_machine_arn, failed_run)} if failed_run else {}


def read_message(body: str) -> tuple[str, RegistryEvent]:
    """Return the event's JSON text and the event. Unwrap the envelope that an IoT rule's error action adds.

    Raises:
        InvalidEventError: ``body`` is neither an event nor an envelope around one.
    """
    message = _parsed(body)
    if isinstance(message, Mapping) and "base64OriginalPayload" in message:
        body = _original_payload(message)
        message = _parsed(body)
    if _NO_CHARACTERS.search(body):
        raise InvalidEventError("The message is no AWS IoT registry event: it contains U+FFFE or U+FFFF.")
    return body, load_event(message)


def _parsed(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise InvalidEventError("The message is no AWS IoT registry event: it is not JSON.") from error


def _original_payload(envelope: Mapping[str, object]) -> str:
    """Return the event in an error action's envelope.

    Source:
        AWS IoT Core developer guide, Error handling (error action): the message format.
    """
    try:
        return base64.b64decode(str(envelope["base64OriginalPayload"]), validate=True).decode()
    except ValueError as error:  # no base64, characters beyond ASCII, or bytes that are no UTF-8
        raise InvalidEventError("The error action's base64OriginalPayload is not base64 of a UTF-8 text.") from error
