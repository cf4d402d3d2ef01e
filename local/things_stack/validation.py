"""The rules every message must keep before a server looks at it: patterns and lengths.

A broken rule is answered with ``pkg/errors:validation``, nested from the request down to the field.
"""

import base64
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from local.things_stack import definitions
from local.things_stack.decoding import Json, Message
from local.things_stack.errors import StackError
from local.things_stack.fields import touches, value_at


class Broken(NamedTuple):
    """Why a value breaks its rule; ``entry``: which part of it, as in ``[room]``; ``below``: a field of that part."""

    reason: str
    entry: str = ""
    below: tuple[str, ...] = ()
    cause: StackError | None = None


Rule = Callable[[Json], Broken | None]
Rules = Mapping[str, Rule]  # dotted path within the message -> its rule

ID_PATTERN = "[a-z0-9](?:[-]?[a-z0-9]){2,}"
_LABEL = r"(?:[{0}]|[{0}][{0}\\-]*[{0}])"
# The server's own words escape each backslash of a pattern.
_ADDRESS = rf"(?:{_LABEL.format('a-zA-Z0-9')}\\.)*{_LABEL.format('A-Za-z0-9')}(?::[0-9]{{1,5}})?$|^"
_MAX_ID_CHARS = 36
_MAX_BATCH = 20
_REQUESTS_OF_IDS = ("ApplicationIdentifiers", "EndDeviceIdentifiers")  # requests that are nothing else
_EMBEDDED = "embedded message failed validation"

WEBHOOK_MESSAGES = (
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

# The wrappers that MAC settings are held in; "Value" ends their names.
_WRAPPERS = {
    "RxDelay": ("rx1_delay",),
    "DataRateOffset": ("rx1_data_rate_offset",),
    "DataRateIndex": ("rx2_data_rate_index", "ping_slot_data_rate_index", "min_data_rate_index", "max_data_rate_index"),
    "Frequency": ("rx2_frequency",),
    "ZeroableFrequency": ("ping_slot_frequency", "beacon_frequency"),
    "AggregatedDutyCycle": ("max_duty_cycle",),
    "PingSlotPeriod": ("ping_slot_periodicity",),
    "DeviceEIRP": ("max_eirp",),
    "ADRAckLimitExponent": ("adr_ack_limit_exponent",),
    "ADRAckDelayExponent": ("adr_ack_delay_exponent",),
}

# The message that a field holds, where the field's own name in capitals does not say it.
_MESSAGES = {
    "end_device_ids": "EndDeviceIdentifiers",
    "ids": "EndDeviceIdentifiers",
    **dict.fromkeys(("application_ids", "target_application_ids"), "ApplicationIdentifiers"),
    "authenticated_identifiers": "ClaimEndDeviceRequest_AuthenticatedIdentifiers",
    "claim_authentication_code": "EndDeviceAuthenticationCode",
    "end_device_profile_ids": "GetTemplateRequest_EndDeviceProfileIdentifiers",
    "filters": "ListEndDevicesRequest_Filter",
    "formatters": "MessagePayloadFormatters",
    "keys": "SessionKeys",
    "locations": "Location",
    "pending_session": "Session",
    "template_ids": "ApplicationWebhookTemplateIdentifiers",
    "version_ids": "EndDeviceVersionIdentifiers",
    "webhook": "ApplicationWebhook",
    **dict.fromkeys(("app_key", "nwk_key", "app_s_key"), "KeyEnvelope"),
    "adr": "ADRSettings",
    **{mode: f"ADRSettings_{mode.title()}Mode" for mode in ("static", "dynamic")},
    "mac_settings": "MACSettings",
    **{
        f"{way}{name}": f"{kind}Value"
        for kind, names in _WRAPPERS.items()
        for name in names
        for way in ("", "desired_")
    },
    **dict.fromkeys(("f_nwk_s_int_key", "s_nwk_s_int_key", "nwk_s_enc_key"), "KeyEnvelope"),
}

_WEBHOOK_FIELDS = {
    "ids": "ApplicationWebhookIdentifiers",
    **dict.fromkeys(WEBHOOK_MESSAGES, "ApplicationWebhook_Message"),
}


def required(value: Json) -> Broken | None:
    return Broken("value is required") if value is None else None


def matches(pattern: str) -> Rule:
    compiled = re.compile(f"^{pattern}$".replace(r"\\", "\\"))
    broken = Broken(f'value does not match regex pattern "^{pattern}$"')
    return lambda value: None if compiled.fullmatch(value or "") else broken


def at_most(length: int, unit: str = "runes") -> Rule:
    broken = Broken(f"value length must be at most {length} {unit}")
    return lambda value: broken if len(value or "") > length else None


def at_most_bytes(length: int) -> Rule:
    """Of what is held as base64."""
    return lambda value: at_most(length, "bytes")(base64.b64decode(value or ""))


def within(lowest: int, highest: int) -> Rule:
    broken = Broken(f"value must be inside range [{lowest}, {highest}]")
    return lambda value: None if lowest <= (value or 0) <= highest else broken


def up_to(highest: int) -> Rule:
    broken = Broken(f"value must be less than or equal to {highest}")
    return lambda value: broken if (value or 0) > highest else None


def at_least(lowest: int) -> Rule:
    broken = Broken(f"value must be greater than or equal to {lowest}")
    return lambda value: broken if (value or 0) < lowest else None


def one_of(known: Sequence[str]) -> Rule:
    broken = Broken(f"value must be in list [{' '.join(known)}]")
    return lambda value: None if (value or "") in known else broken


def both(*rules: Rule) -> Rule:
    return lambda value: next((broken for rule in rules if (broken := rule(value))), None)


def unless_empty(rule: Rule) -> Rule:
    return lambda value: rule(value) if value else None


def defined(value: Json) -> Broken | None:
    """Refuse a number that has no name."""
    return Broken("value must be one of the defined enum values") if isinstance(value, int) else None


def entries(pairs: int | None = None, key: Rule | None = None, value: Rule | None = None) -> Rule:
    """A map of at most so many pairs, whose keys and values keep rules."""

    def rule(held: Json) -> Broken | None:
        if pairs is not None and len(held or {}) > pairs:
            return Broken(f"value must contain no more than {pairs} pair(s)")
        for name, item in (held or {}).items():
            if broken := (key and key(name)) or (value and value(item)):
                return broken._replace(entry=f"[{name}]")
        return None

    return rule


identifier = both(at_most(_MAX_ID_CHARS), matches(ID_PATTERN))
optional_identifier = unless_empty(identifier)
address = matches(_ADDRESS)


def location(value: Json) -> Broken | None:
    for field, rule in (("latitude", within(-90, 90)), ("longitude", within(-180, 180)), ("source", defined)):
        if broken := rule(value.get(field)):
            return broken._replace(below=(field,))
    return None


def check(
    request: str, message: Message, rules: Rules, *, path: Sequence[str] = (), mask: Iterable[str] | None = None
) -> None:
    """Check a request, or the message that it holds at ``path``: with a mask, only what that touches.

    A rule below a field that is absent does not apply.
    """
    for place, rule in rules.items():
        *parents, _ = place.split(".")
        absent = parents and value_at(message, ".".join(parents)) is None
        if absent or (mask is not None and not touches(mask, place)):
            continue
        if broken := rule(value_at(message, place)):
            raise invalid(request, (*path, *place.split(".")), broken)


def invalid(request: str, path: Sequence[str], broken: Broken) -> StackError:
    """The nested error for a field, e.g. ``end_device``, ``ids``, ``device_id`` of a ``SetEndDeviceRequest``."""
    names = [*path[:-1], path[-1] + broken.entry, *broken.below]
    messages = [request, *(_message(request, name) for name in (*path, *broken.below)[:-1])]
    cause, reason = broken.cause, broken.reason
    for field, message in reversed([*zip(names, messages, strict=True)]):
        error = definitions.VALIDATION(cause, field=field, reason=reason, name=f"{message}ValidationError")
        cause, reason = error, _EMBEDDED
    return definitions.IDENTIFIERS(error) if request in _REQUESTS_OF_IDS else error


def _message(request: str, field: str) -> str:
    """The message that a field holds."""
    of_webhooks = {
        "ids": "ApplicationWebhookIdentifiers",
        **dict.fromkeys(WEBHOOK_MESSAGES, "ApplicationWebhook_Message"),
    }
    known = _MESSAGES | (of_webhooks if "Webhook" in request else {})
    return known.get(field, field.title().replace("_", ""))


def check_ids(request: str, ids: Mapping[str, str]) -> None:
    """Check IDs by the dotted paths that the request has them at."""
    for path, given in ids.items():
        if broken := identifier(given):
            raise invalid(request, path.split("."), broken)


def check_batch(request: str, application_id: str, device_ids: Sequence[str]) -> None:
    check_ids(request, {"application_ids.application_id": application_id})
    if not 1 <= len(device_ids) <= _MAX_BATCH:
        reason = f"value must contain between 1 and {_MAX_BATCH} items, inclusive"
        raise invalid(request, ("device_ids",), Broken(reason))
    for place, device_id in enumerate(device_ids):
        if broken := identifier(device_id):
            raise invalid(request, ("device_ids",), broken._replace(entry=f"[{place}]"))
