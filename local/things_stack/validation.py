"""The rules every message must keep before a server looks at it: patterns and lengths.

A broken rule is answered with ``pkg/errors:validation``, nested from the request down to the field.
"""

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from local.things_stack import definitions
from local.things_stack.decoding import Json, Message
from local.things_stack.errors import StackError
from local.things_stack.fields import asks_for, value_at

Rule = Callable[[Json], str | None]  # the reason why a value breaks it, or None

ID_PATTERN = r"[a-z0-9](?:[-]?[a-z0-9]){2,}"
_LABEL = r"[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_ADDRESS_PATTERN = rf"(?:(?:{_LABEL}\.)*{_LABEL}(?::[0-9]{{1,5}})?)?"
_MAX_ID_CHARS = 36
_MAX_BATCH = 20
_MAX_LIMIT = 1000
_MAX_ATTRIBUTES = 10


def matches(pattern: str) -> Rule:
    compiled = re.compile(pattern)
    return lambda value: None if compiled.fullmatch(value or "") else f'does not match "^{pattern}$"'


def at_most(characters: int) -> Rule:
    return lambda value: None if len(value or "") <= characters else f"longer than {characters} characters"


def identifier(value: Json) -> str | None:
    return at_most(_MAX_ID_CHARS)(value) or matches(ID_PATTERN)(value)


def optional_identifier(value: Json) -> str | None:
    return identifier(value) if value else None


def _attributes(value: Json) -> str | None:
    pairs = value or {}
    too_many = f"more than {_MAX_ATTRIBUTES} pairs" if len(pairs) > _MAX_ATTRIBUTES else None
    bad_keys = [reason for key in pairs if (reason := identifier(key))]
    bad_values = [reason for text in pairs.values() if (reason := at_most(200)(text))]
    return next(iter([*filter(None, [too_many]), *bad_keys, *bad_values]), None)


def _keys_are_identifiers(value: Json) -> str | None:
    return next((reason for key in value or {} if (reason := identifier(key))), None)


def _defined(value: Json) -> str | None:
    return "not a defined enum value" if isinstance(value, int) else None


END_DEVICE_RULES: Mapping[str, Rule] = {
    "ids.application_ids.application_id": identifier,
    "ids.device_id": identifier,
    "name": at_most(50),
    "description": at_most(2000),
    "attributes": _attributes,
    "locations": _keys_are_identifiers,
    "serial_number": optional_identifier,
    "service_profile_id": at_most(64),
    "frequency_plan_id": at_most(64),
    "lorawan_version": _defined,
    "lorawan_phy_version": _defined,
    "network_server_address": matches(_ADDRESS_PATTERN),
    "application_server_address": matches(_ADDRESS_PATTERN),
    "join_server_address": matches(_ADDRESS_PATTERN),
    "network_server_kek_label": at_most(2048),
    "application_server_kek_label": at_most(2048),
    "application_server_id": at_most(100),
    "claim_authentication_code.value": matches(r"(?:[a-zA-Z0-9]{1,32})?"),
}
_ALWAYS = ("ids.application_ids.application_id", "ids.device_id")
CLAIM_RULES: Mapping[str, Rule] = {
    "target_application_ids.application_id": identifier,
    "target_device_id": optional_identifier,
    "qr_code": at_most(1024),
    "authenticated_identifiers.authentication_code": matches("[A-Z0-9]{1,32}"),
}


def invalid(request: str, path: str, reason: str) -> StackError:
    """The nested error for a field, e.g. ``end_device.ids.device_id`` of a ``SetEndDeviceRequest``."""
    field, _, rest = path.partition(".")
    if not rest:
        return definitions.VALIDATION(field=field, reason=reason, name=f"{request}ValidationError")
    message = {"ids": "EndDeviceIdentifiers"}.get(field, field.title().replace("_", ""))
    return definitions.VALIDATION(
        cause=invalid(message, rest, reason),
        field=field,
        reason="embedded message failed validation",
        name=f"{request}ValidationError",
    )


def check_end_device(request: str, device: Message, mask: Iterable[str] = ()) -> None:
    """Check the device of a request: all of it, or with a mask the masked fields and the IDs."""
    checked = [*mask, *_ALWAYS] if mask else [*END_DEVICE_RULES]
    for path, rule in END_DEVICE_RULES.items():
        reason = rule(value_at(device, path)) if asks_for(checked, path) else None
        if reason:
            raise invalid(request, f"end_device.{path}", reason)


def check_claim(message: Message) -> None:
    for path, rule in CLAIM_RULES.items():
        applies = path.startswith("target") or path.partition(".")[0] in message
        reason = rule(value_at(message, path)) if applies else None
        if reason:
            raise invalid("ClaimEndDeviceRequest", path, reason)


def check_ids(request: str, **ids: str) -> None:
    for field, given in ids.items():
        if reason := identifier(given):
            raise invalid(request, field, reason)


def check_batch(request: str, field: str, items: Sequence[object]) -> None:
    if not 1 <= len(items) <= _MAX_BATCH:
        raise invalid(request, field, f"must contain between 1 and {_MAX_BATCH} items")


def check_page(limit: int, order: str, orders: Collection[str]) -> None:
    if limit > _MAX_LIMIT:
        raise invalid("ListEndDevicesRequest", "limit", f"must be at most {_MAX_LIMIT}")
    if order and order.removeprefix("-") not in orders:
        raise invalid("ListEndDevicesRequest", "order", "not a field to order by")
