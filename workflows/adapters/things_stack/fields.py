"""The table of attributes ↔ the fields of The Things Stack's end devices: bodies, masks, answers and refusals. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from workflows.domain.attributes import ATTRIBUTES, AnyServer, Attribute, DeviceKeys, DeviceValues

# What the Network Server stores of a device beside what it gets from Thingsync.
_SERVER_STATE = re.compile(r"\b(mac_settings|mac_state|pending_mac_state|version_ids)\b")

# Fields that mean attributes under other names than the table has.
_OTHER_FIELDS: tuple[tuple[re.Pattern[str], tuple[str, ...]], ...] = tuple(
    (re.compile(pattern), attributes)
    for pattern, attributes in (
        # What the Network Server stores of a device's radio must fit a new plan and version.
        (r"\b(mac_settings|mac_state|pending_mac_state)\b", ("regionalParametersVersion", "frequencyPlanID")),
        (r"\bversion_ids\b", ("frequencyPlanID",)),
        (r"\bauthentication_code\b", ("claimAuthenticationCode",)),
        (r"\bdevice_id$|\btarget_device_id$", ("deviceID",)),
        (r"\bdev_eui$", ("devEUI",)),
        (r"\bjoin_eui$", ("joinEUI",)),
        (r"\bauthenticated_identifiers$", ("claimAuthenticationCode", "devEUI", "joinEUI")),
    )
)


def message_of(values: DeviceValues | DeviceKeys, server: AnyServer) -> dict[str, Any]:
    """Return an end device with the fields of ``values`` that ``server`` holds."""
    message: dict[str, Any] = {}
    given = values.given()
    for row in _rows_at(values, server):
        if row.name in given:
            *parents, name = row.field.split(".")
            inner = message
            for parent in parents:
                inner = inner.setdefault(parent, {})
            inner[name] = given[row.name]
    return message


def mask_of(values: DeviceValues | DeviceKeys, server: AnyServer, names: Iterable[str] | None = None) -> list[str]:
    """Return the paths of the attributes ``names``, by default of those that are given, at ``server``."""
    named = values.given() if names is None else names
    return [row.field for row in _rows_at(values, server) if row.name in named]


def fields_at(server: AnyServer) -> list[str]:
    """Return the paths of all values that ``server`` holds."""
    return [row.field for row in _rows_at(DeviceValues(), server)]


def values_in(message: Mapping[str, object], server: AnyServer) -> DeviceValues:
    """Return what an end device of ``server`` says; what is empty, or of another type than the attribute, is absent."""
    found = {}
    for (key, kind), row in zip(DeviceValues.kinds().items(), DeviceValues.rows().values(), strict=True):
        value = _value_at(message, row.field)
        if server in row.servers and value != "" and type(value) in (kind, int if kind is float else kind):
            found[key] = kind(value)
    return DeviceValues(**found)


def _value_at(message: object, path: str) -> object:
    for name in path.split("."):
        message = message.get(name) if isinstance(message, Mapping) else None
    return message


def _rows_at(values: DeviceValues | DeviceKeys, server: AnyServer) -> Iterator[Attribute]:
    return (row for row in values.rows().values() if server in row.servers)


def thing_attributes(path: str) -> tuple[str, ...]:
    """Return the attributes that could hold the refused value, the likeliest first; none if no thing names it."""
    path = path.removeprefix("end_device.")
    named = tuple(row.name for row in ATTRIBUTES if row.field and _is_part(path, row.field))
    return named or next((attributes for pattern, attributes in _OTHER_FIELDS if pattern.search(path)), ())


def _is_part(path: str, field: str) -> bool:
    """Return whether one of the two holds the other, or they are the same."""
    return f"{path}.".startswith(f"{field}.") or f"{field}.".startswith(f"{path}.")


def quoted_fields(message: object, words: str, path: str = "") -> tuple[str, ...]:
    """Return the fields of ``message`` whose value ``words`` quotes; none if it quotes more than one value."""
    quoted = {field: value for field, value in _texts(message, path) if value and f'"{value}"' in words}
    return tuple(quoted) if len(set(quoted.values())) == 1 else ()


def _texts(message: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(message, str):
        yield path, message
    for name, value in message.items() if isinstance(message, Mapping) else ():
        yield from _texts(value, f"{path}.{name}".lstrip("."))


def is_server_state(path: str) -> bool:
    """Return whether what the server stores of the device was refused, so that no other value of the thing helps."""
    return _SERVER_STATE.search(path) is not None
