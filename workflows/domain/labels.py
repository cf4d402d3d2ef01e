"""Labels: attributes of the Identity Server's record that a thing gives, beside those that Thingsync's mark uses.

Source: lorawan-stack api/ttn/lorawan/v3/end_device.proto, EndDevice.attributes.
"""

import re
from collections.abc import Mapping

PREFIX = "label:"
# The Things Stack allows ten; three are the mark's.
AT_MOST = 7
RESERVED = "aws-"
VALUE_MAX_CHARS = 200
_KEY_MAX_CHARS = 36
_KEY = re.compile(r"[a-z0-9](?:-?[a-z0-9]){2,}")

ACCEPTED = (
    f"must be {PREFIX}<key> with a key of 3 to {_KEY_MAX_CHARS} lower-case letters, digits and single dashes that does "
    f"not begin with {RESERVED}, and a value of 1 to {VALUE_MAX_CHARS} characters"
)
TOO_MANY = f"is one too many: a device can have {AT_MOST} labels. Remove some"


def is_label(attribute: str) -> bool:
    return attribute.startswith(PREFIX)


def is_well_formed(attribute: str, value: str) -> bool:
    key = attribute.removeprefix(PREFIX)
    is_key = _KEY.fullmatch(key) is not None and len(key) <= _KEY_MAX_CHARS and not key.startswith(RESERVED)
    return is_key and 1 <= len(value) <= VALUE_MAX_CHARS


def in_record(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the labels among a record's attributes: all but the mark."""
    return {key: value for key, value in attributes.items() if not key.startswith(RESERVED)}


def differ(has: Mapping[str, str] | None, says: Mapping[str, str] | None) -> bool:
    """Compare only the labels that the thing gives: a device may have others."""
    there = has or {}
    return any(there.get(key) != value for key, value in (says or {}).items())


def merged(
    attributes: Mapping[str, str], before: Mapping[str, str] | None, now: Mapping[str, str] | None
) -> dict[str, str]:
    """Return a record's ``attributes`` with the labels of ``now``, without those that only ``before`` has."""
    gone = (before or {}).keys() - (now or {}).keys()
    return {**{key: value for key, value in attributes.items() if key not in gone}, **(now or {})}


def shown(values: Mapping[str, str]) -> str:
    return ", ".join(f"{key}={value}" for key, value in sorted(values.items()))
