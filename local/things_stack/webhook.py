"""The ApplicationWebhook message: its fields, the rules they keep, and the masks of the calls that carry it."""

from local.things_stack.decoding import Json, Message, Shape
from local.things_stack.device import APPLICATION_IDS
from local.things_stack.fields import value_at
from local.things_stack.kinds import flag, mapping_of_text, paths, text
from local.things_stack.validation import Rule, at_most, identifier, invalid, matches, optional_identifier

MESSAGES = (
    "uplink_message",
    "uplink_normalized",
    "join_accept",
    "downlink_ack",
    "downlink_nack",
    "downlink_sent",
    "downlink_failed",
    "downlink_queued",
    "downlink_queue_invalidated",
    "location_solved",
    "service_data",
)
_MESSAGE: Shape = {"path": text}


def _field_mask(value: Json, path: str) -> Message | None:
    listed = paths(value, path)
    return {"paths": listed} if listed else None


WEBHOOK: Shape = {
    "ids": {"application_ids": APPLICATION_IDS, "webhook_id": text},
    "base_url": text,
    "headers": mapping_of_text,
    "format": text,
    "template_ids": {"template_id": text},
    "template_fields": mapping_of_text,
    "downlink_api_key": text,
    "field_mask": _field_mask,
    "paused": flag,
    **dict.fromkeys(MESSAGES, _MESSAGE),
}
WEBHOOK_REQUEST: Shape = {"webhook": WEBHOOK, "field_mask": paths}

_IDS = {"ids", "ids.application_ids.*", "ids.webhook_id"}
WRITABLE = _IDS | {f"{name}.*" for name in WEBHOOK if name != "ids"}
READABLE = WRITABLE | {"created_at", "updated_at", "health_status.*"}


def _headers(value: Json) -> str | None:
    pairs = value or {}
    too_many = "must contain no more than 50 pairs" if len(pairs) > 50 else None
    reasons = [reason for key, held in pairs.items() for reason in (at_most(64)(key), at_most(4096)(held)) if reason]
    return next(iter([*filter(None, [too_many]), *reasons]), None)


_RULES: dict[str, Rule] = {
    "ids.application_ids.application_id": identifier,
    "ids.webhook_id": identifier,
    "base_url": matches(r"[a-zA-Z][a-zA-Z0-9+.-]*:\S+"),  # a URI, and absolute
    "headers": _headers,
    "format": lambda value: at_most(20)(value) or matches(r"[a-z0-9](?:[-]?[a-z0-9]){2,}")(value),
    "template_ids.template_id": optional_identifier,
    "downlink_api_key": at_most(128),
    **{f"{name}.path": at_most(64) for name in MESSAGES},
}


def check(webhook: Message) -> None:
    """Raise the validation error of the first field that breaks its rule."""
    for path, rule in _RULES.items():
        if reason := rule(value_at(webhook, path)):
            raise invalid("SetApplicationWebhookRequest", f"webhook.{path}", reason)
