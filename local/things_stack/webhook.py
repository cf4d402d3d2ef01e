"""The ApplicationWebhook message: its fields, the rules they keep, and the masks of the calls that carry it."""

import re

from local.things_stack import definitions
from local.things_stack.decoding import Json, Message, Shape
from local.things_stack.device import APPLICATION_IDS
from local.things_stack.kinds import anything, flag, mapping_of_text, paths, text
from local.things_stack.validation import (
    ID_PATTERN,
    WEBHOOK_MESSAGES,
    Broken,
    Rules,
    at_most,
    both,
    check,
    entries,
    identifier,
    matches,
)

_MESSAGE: Shape = {"path": text}
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:")
_NO_URI = re.compile(r"^:|[\x00-\x1f\x7f]|%(?![0-9A-Fa-f]{2})|^\w+://[^/?#]*[ {}|\\^`]")


def _field_mask(value: Json, path: str) -> Message | None:
    listed = paths(value, path)
    return {"paths": listed} if listed else None


WEBHOOK: Shape = {
    "ids": {"application_ids": APPLICATION_IDS, "webhook_id": text},
    "created_at": anything,
    "updated_at": anything,
    "base_url": text,
    "headers": mapping_of_text,
    "format": text,
    "template_ids": {"template_id": text},
    "template_fields": mapping_of_text,
    "downlink_api_key": text,
    "health_status": anything,
    "field_mask": _field_mask,
    "paused": flag,
    **dict.fromkeys(WEBHOOK_MESSAGES, _MESSAGE),
}
WEBHOOK_REQUEST: Shape = {"webhook": WEBHOOK, "field_mask": paths}
PATHS = {*WEBHOOK, *(f"{name}.*" for name, kind in WEBHOOK.items() if isinstance(kind, dict)), "health_status.*"}


def _uri(value: Json) -> Broken | None:
    if _NO_URI.search(value or ""):
        return Broken("value must be a valid URI", cause=definitions.URL(op="parse", url=value))
    return None if _SCHEME.match(value or "") else Broken("value must be absolute")


_RULES: Rules = {
    "ids.application_ids.application_id": identifier,
    "ids.webhook_id": identifier,
    "base_url": _uri,
    "headers": entries(50, key=at_most(64), value=at_most(4096)),
    "format": both(at_most(20), matches(ID_PATTERN)),
    "template_ids.template_id": identifier,
    "downlink_api_key": at_most(128),
    **{f"{name}.path": at_most(64) for name in WEBHOOK_MESSAGES},
}


def check_request(webhook: Message, mask: list[str]) -> None:
    """Check what the mask of a request touches, and its IDs; without a mask, all."""
    checked = [*mask, "ids"] if mask else None
    check("SetApplicationWebhookRequest", webhook, _RULES, path=("webhook",), mask=checked)


def check_record(webhook: Message) -> None:
    """Check a webhook as it would be stored: nothing that it must have may be missing."""
    check("ApplicationWebhook", webhook, _RULES)
