"""The table of attributes ↔ the fields of The Things Stack's end devices: bodies, masks, answers and refusals. Pure."""

import re
from collections.abc import Container, Iterator, Mapping
from typing import Any, get_origin

from workflows.domain import labels
from workflows.domain.attribute import AnyServer, Attribute
from workflows.domain.attributes import ATTRIBUTES, DeviceKeys, DeviceValues, names_at

# What the Network Server stores of a device beside what it gets from Thingsync.
_SERVER_STATE = re.compile(r"\b(mac_settings|mac_state|pending_mac_state|version_ids)\b")

# How validation names what a map has under a key.
_MAP_KEY = re.compile(r"\[([^\]]*)\]")
_NEEDED_BY = {"mac_settings.ping_slot_periodicity": "supports_class_b"}

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


def message_of(server: AnyServer, *said: DeviceValues | DeviceKeys) -> dict[str, Any]:
    """Return an end device with the fields of ``said`` that ``server`` holds, but for those of its maps."""
    message: dict[str, Any] = {}
    for values in said:
        given = values.given()
        for row in _rows_at(values, server):
            if row.name in given and not row.is_merged:
                _put(message, row.field, row.sent(given[row.name]))
    return message


def _put(message: dict[str, Any], field: str, value: object) -> None:
    if value is None:
        return
    *parents, name = field.split(".")
    for parent in parents:
        message = message.setdefault(parent, {})
    message[name] = value


def mask_of(server: AnyServer, said: DeviceValues | DeviceKeys, names: Container[str] | None = None) -> list[str]:
    """Return the paths of the attributes ``names``, by default of those that are given, at ``server``."""
    named = said.given() if names is None else names
    return list(dict.fromkeys(row.masked for row in _rows_at(said, server) if row.name in named))


def fields_at(server: AnyServer) -> list[str]:
    """Return the paths of all values that ``server`` holds and that a thing can change."""
    return mask_of(server, DeviceValues(), names_at(server))


def values_in(message: Mapping[str, object], server: AnyServer) -> DeviceValues:
    """Return what an end device of ``server`` says; what is empty, or of another type than the attribute, is absent."""
    found: dict[str, Any] = {}
    for (key, kind), row in zip(DeviceValues.kinds().items(), DeviceValues.rows().values(), strict=True):
        value = _got(message, row) if server in row.servers and not row.is_once else None
        if value is not None and value != "" and _is_of(kind, value):
            found[key] = value
    return DeviceValues(**found)


def _got(message: Mapping[str, object], row: Attribute) -> object:
    """A field that is zero is not in an answer, but the message around it is."""
    around, _, name = row.field.rpartition(".")
    holder = _value_at(message, around) if around else message
    if not isinstance(holder, Mapping):
        return None
    came = holder.get(name)
    return row.unsent if came is None else row.got(came)


def _is_of(kind: Any, value: object) -> bool:  # noqa: ANN401
    kind = get_origin(kind) or kind
    return (
        isinstance(value, int | float)
        if kind is float
        else isinstance(value, kind) and (kind is bool) == (value is True or value is False)
    )


def _value_at(message: object, path: str) -> object:
    for name in path.split("."):
        message = message.get(name) if isinstance(message, Mapping) else None
    return message


def _rows_at(values: DeviceValues | DeviceKeys, server: AnyServer) -> Iterator[Attribute]:
    return (row for row in values.rows().values() if server in row.servers)


def thing_attributes(path: str, sent: Mapping[str, object] | None = None, server: str = "") -> tuple[str, ...]:
    """Return the attributes that could hold the refused value, the likeliest first; none if no thing names it.

    ``sent`` is the end device of the request: what it does not hold of the device's radio, the server had before.
    ``server`` is the one that refused it.
    """
    is_theirs = sent is not None and is_server_state(path, sent)
    named = () if is_theirs else attributes_at(path, server)
    found = (attributes for pattern, attributes in _OTHER_FIELDS if pattern.search(_as_in_table(path)))
    return named or next(found, ())


def attributes_at(path: str, server: str = "") -> tuple[str, ...]:
    """Return the attributes whose fields are a part of the path, or vice versa; the server's, if it has any."""
    at = _as_in_table(path)
    if at.startswith(f"attributes.{labels.RESERVED}"):
        return ()
    rows = [row for row in ATTRIBUTES if row.field and _is_part(at, row.field)]
    return tuple(_named(row, at) for row in [each for each in rows if server in each.servers] or rows)


def _as_in_table(path: str) -> str:
    """Write ``end_device.locations[user].latitude`` as ``locations.user.latitude``."""
    return _MAP_KEY.sub(r".\1", path.removeprefix("end_device.")).removesuffix(".value")


def _named(row: Attribute, path: str) -> str:
    """Name a label by its own key."""
    return f"{row.name}{path.removeprefix(row.field)[1:]}" if row.name == labels.PREFIX else row.name


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


def is_server_state(path: str, sent: Mapping[str, object]) -> bool:
    """Return whether what the server stores of the device was refused, so that no other value of the thing helps."""
    at = _as_in_table(path)
    return _SERVER_STATE.search(at) is not None and _value_at(sent, at) is None and not is_lacking(path, sent)


def is_lacking(path: str, sent: Mapping[str, object]) -> bool:
    """Return whether the device needs a value for the field because of another that was sent."""
    at = _as_in_table(path)
    return bool(_value_at(sent, at) is None and sent.get(_NEEDED_BY.get(at, "")))
