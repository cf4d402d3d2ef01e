"""What AWS IoT refuses in a thing's attributes.

Source: https://docs.aws.amazon.com/iot/latest/apireference/API_AttributePayload.html (names and values) and
https://docs.aws.amazon.com/general/latest/gr/iot-core.html#thing-limits (how many).
"""

import re
from typing import Any

from local.ministack.patching import Operation, Patch, Response, ministack_module, refused

MOST_WITH_TYPE = 50
MOST_WITHOUT_TYPE = 3
_NAME = re.compile(r"[a-zA-Z0-9_.,@/:#-]{1,128}")
_VALUE = re.compile(r"[a-zA-Z0-9_.,@/:#=\[\]-]{0,800}")
_CONSTRAINT = "1 validation error detected: Value at 'attributePayload.attributes' failed to satisfy constraint"

Payload = dict[str, Any]


def _creating(original: Operation) -> Operation:
    def create_thing(name: str, payload: Payload) -> Response:
        given = _attributes(payload)
        return _malformed(given) or _too_many(given, payload.get("thingTypeName")) or original(name, payload)

    return create_thing


def _updating(original: Operation) -> Operation:
    def update_thing(name: str, payload: Payload) -> Response:
        thing = ministack_module("services.iot")._things.get(name)
        if thing is None:
            return original(name, payload)
        return _outdated(thing, payload) or _misfit(thing, payload) or original(name, payload)

    return update_thing


def _malformed(given: dict[str, str]) -> Response | None:
    if not all(_NAME.fullmatch(name) for name in given):
        return _unsatisfied(f"Map keys must satisfy constraint: [Member must match {_NAME.pattern}]")
    if not all(_VALUE.fullmatch(value or "") for value in given.values()):
        return _unsatisfied(f"Map value must satisfy constraint: [Member must match {_VALUE.pattern}]")
    return None


def _too_many(attributes: dict[str, str], thing_type: str | None) -> Response | None:
    most = MOST_WITH_TYPE if thing_type else MOST_WITHOUT_TYPE
    if len(attributes) <= most:
        return None
    return refused("InvalidRequestException", f"Thing attributes exceed the limit of {most}")


def _outdated(thing: Payload, payload: Payload) -> Response | None:
    if payload.get("expectedVersion") in (None, thing["version"]):
        return None
    message = f"The version for thing {thing['thingName']} does not match the expected version."
    return refused("VersionConflictException", message, 409)


def _misfit(thing: Payload, payload: Payload) -> Response | None:
    given = _attributes(payload)
    merging = (payload.get("attributePayload") or {}).get("merge")
    after = {**thing["attributes"], **given} if merging else given
    return _malformed(given) or _too_many(after, payload.get("thingTypeName") or thing["thingTypeName"])


def _attributes(payload: Payload) -> dict[str, str]:
    return (payload.get("attributePayload") or {}).get("attributes") or {}


def _unsatisfied(constraint: str) -> Response:
    return refused("InvalidRequestException", f"{_CONSTRAINT}: {constraint}")


PATCHES = (
    Patch("services.iot", "_create_thing", "b033e6b9f628", _creating),
    Patch("services.iot", "_update_thing", "9043ffccfafa", _updating),
)
