"""Reads what The Things Stack posts through API Gateway and the queue; writes the answers.

Unknown fields are ignored: a webhook without a field mask sends the whole uplink.
"""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import field
from typing import Any

import orjson
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from workflows.domain.activity import Activity, Receipt, Received
from workflows.domain.identifiers import is_device_id, is_eui
from workflows.errors import InvalidActivityError
from workflows.schemas.authorization import is_admitted
from workflows.values import value

JOIN_ROUTE = "POST /activity/join"

# A message that is not for this stack is accepted, too: The Things Stack sends a refused message again, and disables a
# webhook that refuses too often. https://www.thethingsindustries.com/docs/integrations/webhooks/retries/
_STATUS: dict[Receipt, int] = {
    "queued": 202,
    "known": 202,
    "ignored": 202,
    "unauthorized": 401,
    "malformed": 400,
    "too large": 413,
}


@value
class WebhookCall:
    """A call of the webhook. ``body`` is as API Gateway sends it.

    ``is_admitted``: AuthorizeActivity admitted the caller. A route without the authorizer admits nobody.
    ``is_join``: by its path, since the field mask leaves nothing in the body that shows the kind of message.
    """

    body: str = field(repr=False)
    is_admitted: bool = False
    is_base64: bool = False
    is_join: bool = False

    @property
    def body_bytes_at_least(self) -> int:
        """Return a lower bound of the body's length, without decoding it."""
        return len(self.body) * 3 // 4 - 2 if self.is_base64 else len(self.body)


def load_call(event: Mapping[str, Any]) -> WebhookCall:
    """Read an event of an HTTP API (payload format 2.0)."""
    return WebhookCall(
        event.get("body") or "",
        is_admitted=is_admitted(event),
        is_base64=bool(event.get("isBase64Encoded")),
        is_join=event.get("routeKey") == JOIN_ROUTE,
    )


def dump_received(received: Received) -> dict[str, Any]:
    """Answer as API Gateway takes it."""
    return {
        "statusCode": _STATUS[received.receipt],
        "headers": {"content-type": "application/json"},
        "body": orjson.dumps({"message": received.reason}).decode(),
    }


def _ensure_eui(text: str) -> None:
    if not is_eui(text):
        raise ValidationError("must be 16 hex digits")


def _ensure_device_id(text: str) -> None:
    if not is_device_id(text):
        raise ValidationError("must be a device ID")


class _ApplicationIdsSchema(Schema):
    class Meta:
        unknown = EXCLUDE

    application_id = fields.String(required=True)


class _DeviceIdsSchema(Schema):
    """Source: lorawan-stack api/ttn/lorawan/v3/identifiers.proto, EndDeviceIdentifiers."""

    class Meta:
        unknown = EXCLUDE

    application_ids = fields.Nested(_ApplicationIdsSchema(), required=True)
    device_id = fields.String(required=True, validate=_ensure_device_id)
    dev_eui = fields.String(validate=_ensure_eui, allow_none=True)
    join_eui = fields.String(validate=_ensure_eui, allow_none=True)


class _ActivitySchema(Schema):
    """Source: lorawan-stack api/ttn/lorawan/v3/messages.proto, ApplicationUp."""

    class Meta:
        unknown = EXCLUDE

    end_device_ids = fields.Nested(_DeviceIdsSchema(), required=True)
    received_at = fields.String(validate=validate.Regexp(r"[0-9TZ:.+-]{1,40}\Z"))


_SCHEMA = _ActivitySchema()


def message_in(call: WebhookCall) -> object:
    """Return the JSON in a call's body.

    Raises:
        InvalidActivityError: the body is not JSON.
    """
    try:
        text = base64.b64decode(call.body, validate=True) if call.is_base64 else call.body.encode()
        return orjson.loads(text)
    except (binascii.Error, orjson.JSONDecodeError, UnicodeEncodeError) as error:
        raise InvalidActivityError("The body is not JSON.") from error


def load_activity(message: object) -> Activity:
    """Return the activity in ``message`` (parsed JSON).

    Raises:
        InvalidActivityError: the message names no device. The text names the fields, never their values.
    """
    if not isinstance(message, Mapping):
        raise InvalidActivityError("The message is no JSON object.")
    try:
        loaded = _SCHEMA.load(message)
    except ValidationError as error:
        wrong = ", ".join(sorted(error.messages_dict))
        raise InvalidActivityError(f"The message names no device. Missing or malformed: {wrong}.") from error
    ids = loaded["end_device_ids"]
    return Activity(
        application_id=ids["application_ids"]["application_id"],
        device_id=ids["device_id"],
        dev_eui=_upper(ids.get("dev_eui")),
        join_eui=_upper(ids.get("join_eui")),
        received_at=loaded.get("received_at"),
    )


def load_queued(body: str) -> Activity:
    """Read a queued activity; an operator may have written it. Raise as ``load_activity``."""
    try:
        return load_activity(orjson.loads(body))
    except orjson.JSONDecodeError as error:
        raise InvalidActivityError("The message is not JSON.") from error


def dump_activity(activity: Activity) -> str:
    """Write the device's IDs and the time, and nothing that the device sent."""
    ids = {
        "device_id": activity.device_id,
        "application_ids": {"application_id": activity.application_id},
        **({"dev_eui": activity.dev_eui} if activity.dev_eui else {}),
        **({"join_eui": activity.join_eui} if activity.join_eui else {}),
    }
    at = {"received_at": activity.received_at} if activity.received_at else {}
    return orjson.dumps({"end_device_ids": ids, **at}).decode()


def _upper(eui: str | None) -> str | None:
    return eui.upper() if eui else None
