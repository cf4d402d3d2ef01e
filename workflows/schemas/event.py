"""Reads a message as a registry event, or refuses it and names every wrong field; and writes one.

Unknown fields are ignored: real events have more fields than AWS documents.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from itertools import islice
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, post_load, validate

from workflows.domain.event import RegistryEvent
from workflows.errors import InvalidEventError


class _Switch(fields.Boolean):
    """Accepts JSON's true and false only, no words or numbers for them."""

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> bool:  # noqa: ANN401  # as marshmallow has it
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class RegistryEventSchema(Schema):
    """The event on ``$aws/events/thing/<name>/<operation>``; ``repair`` and ``overwrite`` are the operator's.

    Source:
        AWS IoT Core developer guide, Registry events. ``thingId`` is opaque. Its limit keeps the execution name
        within the 80 characters of Step Functions.
    """

    class Meta:
        unknown = EXCLUDE

    event_type = fields.String(required=True, data_key="eventType", validate=validate.Equal("THING_EVENT"))
    operation = fields.String(required=True, validate=validate.OneOf(("CREATED", "UPDATED", "DELETED")))
    thing_id = fields.String(required=True, data_key="thingId", validate=validate.Regexp(r"[A-Za-z0-9_-]{1,40}\Z"))
    thing_name = fields.String(
        required=True, data_key="thingName", validate=validate.Regexp(r"[a-zA-Z0-9:_-]{1,128}\Z")
    )
    version_number = fields.Integer(
        required=True, strict=True, data_key="versionNumber", validate=validate.Range(1, 10**12)
    )
    thing_type_name = fields.String(data_key="thingTypeName", allow_none=True, load_default=None)
    occurred_at_ms = fields.Integer(strict=True, data_key="timestamp", allow_none=True, load_default=None)
    attributes = fields.Dict(keys=fields.String(), values=fields.String(), allow_none=True, load_default=None)

    repair = _Switch(load_default=False)
    overwrite = _Switch(load_default=False)

    @post_load
    def _to_domain(self, loaded: dict[str, Any], **_: object) -> RegistryEvent:
        del loaded["event_type"]
        return RegistryEvent(**{**loaded, "attributes": loaded["attributes"] or {}})


_SCHEMA = RegistryEventSchema()
_MOST_NAMES = 10
_LONGEST_NAME = 128  # AWS IoT's own limit


def load_event(message: object) -> RegistryEvent:
    """Return the registry event in ``message`` (parsed JSON).

    Raises:
        InvalidEventError: it is no registry event. The text names every wrong field, never its value.
    """
    if not isinstance(message, Mapping):
        raise InvalidEventError("The message is no AWS IoT registry event: it is no JSON object.")
    try:
        event: RegistryEvent = _SCHEMA.load(message)
    except ValidationError as error:
        wrong = "; ".join(f"{name}: {_in_words(text)}" for name, text in error.messages_dict.items())
        raise InvalidEventError(f"The message is no AWS IoT registry event. {wrong}") from error
    return event


def _in_words(message: object) -> str:
    """Flatten marshmallow's nested messages, which contain names and rules but no values.

    The author of the event chose the names of its attributes, so their number and length are limited here.
    """
    if isinstance(message, Mapping):
        listed = [f"{str(key)[:_LONGEST_NAME]} {_in_words(text)}" for key, text in islice(message.items(), _MOST_NAMES)]
        more = len(message) - len(listed)
        return ", ".join(listed) + (f" and {more} more" if more else "")
    return " ".join(map(str, message)) if isinstance(message, list) else str(message)


def dump_event(event: RegistryEvent, at: datetime) -> str:
    """Write the message for the queue of registry events."""
    return json.dumps(
        {
            "eventType": "THING_EVENT",
            "eventId": f"replay-{event.thing_id}-v{event.version_number}-{event.operation}",
            "timestamp": int(at.timestamp() * 1000),
            "operation": event.operation,
            "thingId": event.thing_id,
            "thingName": event.thing_name,
            "versionNumber": event.version_number,
            "thingTypeName": event.thing_type_name,
            "attributes": dict(event.attributes) or None,
            **({"repair": True} if event.repair else {}),
            **({"overwrite": True} if event.overwrite else {}),
        }
    )
