"""Labels: attributes of the Identity Server's record that a thing gives, beside those that Thingsync's mark uses.

Source: lorawan-stack api/ttn/lorawan/v3/end_device.proto, EndDevice.attributes.
"""

from collections.abc import Iterable, Mapping

from workflows.domain import identifiers

PREFIX = "label:"
# The Things Stack allows ten; three are the mark's.
AT_MOST = 7
RESERVED = "aws-"
VALUE_MAX_CHARS = 200

ACCEPTED = (
    f"must be {PREFIX}<key> with a key of {identifiers.ID_FORM} that does not begin with {RESERVED}, "
    f"and a value of 1 to {VALUE_MAX_CHARS} characters"
)
TOO_MANY = f"is one too many: a device can have {AT_MOST} labels. Remove some"


def is_label(attribute: str) -> bool:
    return attribute.startswith(PREFIX)


def is_well_formed(attribute: str, value: str) -> bool:
    key = attribute.removeprefix(PREFIX)
    return identifiers.is_id(key) and not key.startswith(RESERVED) and 1 <= len(value) <= VALUE_MAX_CHARS


def in_record(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return the labels among a record's attributes: all but the mark."""
    return {key: value for key, value in attributes.items() if not key.startswith(RESERVED)}


def merged(
    attributes: Mapping[str, str], before: Mapping[str, str] | None, now: Mapping[str, str] | None
) -> dict[str, str]:
    """Return a record's ``attributes`` with the labels of ``now``, without those that only ``before`` has."""
    gone = (before or {}).keys() - (now or {}).keys()
    return {**{key: value for key, value in attributes.items() if key not in gone}, **(now or {})}


def common(one: Mapping[str, str] | None, other: Mapping[str, str] | None) -> Mapping[str, str] | None:
    return dict((one or {}).items() & (other or {}).items()) or None


def changed(before: Mapping[str, str] | None, now: Mapping[str, str] | None) -> tuple[str, ...]:
    """Return the attributes of the labels that are not the same."""
    had, has = before or {}, now or {}
    return tuple(f"{PREFIX}{key}" for key in sorted(had.keys() | has.keys()) if had.get(key) != has.get(key))


def named(values: Mapping[str, str] | None) -> tuple[str, ...]:
    """Name the attributes of the labels."""
    return tuple(f"{PREFIX}{key}" for key in values or {})


def among(names: Iterable[str]) -> dict[str, str]:
    """Return the labels among attributes, without their values."""
    return {name.removeprefix(PREFIX): "" for name in names if is_label(name) and name != PREFIX}


def shown(value: Mapping[str, str] | str) -> str:
    """Show a label's text, or several labels; what may be a key is never shown."""
    if isinstance(value, str):
        return "(not shown)" if identifiers.is_key(value) else repr(value)
    return ", ".join(f"{key}={shown(text)}" for key, text in sorted(value.items()))
