"""A device as The Things Stack's tools print it (``ttn-lw-cli end-devices get … --all``) ► what a thing says. Pure.

Source: lorawan-stack api/ttn/lorawan/v3/end_device.proto. What only the servers' own business is, is left out: MAC
state, times, addresses of servers.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from operate.bulk.columns import meaning_of
from operate.bulk.entries import NO_MODEL_BY_NUMBER, FileEntry, said
from operate.bulk.json_files import JsonObject
from workflows.domain import labels, lorawan
from workflows.domain.attributes import ATTRIBUTES, KEYS, ROOT_KEYS, SESSION, SESSION_KEYS
from workflows.domain.formatter import WORDS

Device = Mapping[str, Any]
# Around a device in the answers of The Things Stack's converter.
_WRAPPERS = ("result", "end_device")
_READ_APART = {labels.PREFIX, "payloadFormatter"}
_PATHS = {row.name: row.field for row in ATTRIBUTES if row.field and row.name not in _READ_APART}
_LABELS, _FORMATTER = "attributes", "formatters"
_CODE = "claim_authentication_code.value"
_SERVERS_OWN = {
    *("created_at", "updated_at", "activated_at", "last_seen_at", "ids", "supports_join", "version_ids"),
    *("mac_settings", "network_server_address", "application_server_address", "join_server_address"),
    "claim_authentication_code",
    *("network_server_kek_label", "application_server_kek_label", "application_server_id", "net_id", "root_keys"),
    *("mac_state", "pending_mac_state", "session", "pending_session", "power_state", "battery_percentage"),
    *("downlink_margin", "last_dev_status_received_at", "last_dev_nonce", "used_dev_nonces", "last_join_nonce"),
    *("last_rj_count_0", "last_rj_count_1", "queued_application_downlinks", "locations", "attributes", "formatters"),
    *("min_frequency", "max_frequency", "last_a_f_cnt_down", "lora_alliance_profile_ids", "application_server_key"),
}

_JOINS_AGAIN = "its session cannot be copied: the device must join again"
_NO_ROOT_KEYS = "it is activated by hand (ABP), so its root keys and claim code are left out"
_NO_CODE = "it has its own keys, so its claim authentication code is left out"
_ENCRYPTED = "its keys are encrypted (kek_label), so they are left out"
_OWN_SCRIPT = "its payload formatter {} cannot be said by a thing: set it in The Things Stack"
_TWO_FORMATTERS = "its downlinks have another payload formatter than its uplinks: set that in The Things Stack"
_UNSAID = "a thing cannot say {}: set that in The Things Stack"
_LISTED = "has no JoinEUI and no session: if it is an ABP device, take it from `ttn-lw-cli end-devices get`"
_MULTICAST = "is for several devices at once, and a thing is one device; leave it out of the file"


def entry_of_device(each: JsonObject, ignored: frozenset[str] = frozenset()) -> FileEntry:
    """Read a device; of the attributes ``ignored`` it says nothing."""
    device = _unwrapped(each.content)
    values = {name: _text(_value(device, path)) for name, path in _PATHS.items()}
    read = {**values, **_labels(device), **_formatter(device), **_location(values), "claimAuthenticationCode": ""}
    read["claimAuthenticationCode"] = _text(_value(device, _CODE))
    dropped = _other_activation(device, read) | ignored
    return FileEntry(
        each.number,
        said((name, text) for name, text in read.items() if name not in dropped),
        path_of,
        wrong={"multicast": _MULTICAST} if device.get("multicast") is True else {},
        partial=_LISTED if "created_at" in device and not device.get("session") and not read["joinEUI"] else "",
        warnings=tuple(_warnings(device, read)),
        is_there="created_at" in device,
        unit="device",
    )


def path_of(attribute: str) -> str:
    """Return the field of a device that holds an attribute, as the file names it."""
    if attribute == "claimAuthenticationCode":
        return _CODE
    if labels.is_label(attribute):
        return f"{_LABELS}.{attribute.removeprefix(labels.PREFIX)}"
    return _FORMATTER if attribute == "payloadFormatter" else _PATHS.get(attribute, attribute)


def attribute_at(name: str) -> str:
    """Return the attribute that a field holds, by its path or by any name of a CSV file's column; empty if none."""
    paths = {path_of(row.name): row.name for row in ATTRIBUTES if row.name != labels.PREFIX}
    label = name.removeprefix(f"{_LABELS}.")
    return f"{labels.PREFIX}{label}" if label != name else paths.get(name) or meaning_of(name)


def _unwrapped(content: Device) -> Device:
    for name in _WRAPPERS:
        inner = content.get(name)
        content = inner if isinstance(inner, Mapping) else content
    return content


def _value(device: object, path: str) -> object:
    for name in path.split("."):
        device = device.get(name) if isinstance(device, Mapping) else None
    return device


def _text(value: object) -> str:
    if isinstance(value, Mapping):
        return _text(value.get("value"))
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)


def _labels(device: Device) -> dict[str, str]:
    found = device.get(_LABELS)
    given = labels.in_record(found) if isinstance(found, Mapping) else {}
    return {f"{labels.PREFIX}{key}": _text(value) for key, value in given.items()}


def _location(values: Mapping[str, str]) -> dict[str, str]:
    """The Things Stack leaves out zeros. A place on the equator has a longitude; without both there is none."""
    given = {name: values[name] for name in ("latitude", "longitude") if values[name]}
    if not given:
        return dict.fromkeys(("latitude", "longitude", "altitude", "accuracy"), "")
    return {"latitude": "0", "longitude": "0", **given}


def _formatter(device: Device) -> dict[str, str]:
    """A device of a model that has no formatter on the servers uses the application's, not the model's."""
    up, _ = _formatters(device)
    if up:
        return {"payloadFormatter": WORDS.get(up, "")}
    is_whole = "created_at" in device and "lorawan_version" in device and _value(device, "version_ids.model_id")
    return {"payloadFormatter": "application" if is_whole else ""}


def _formatters(device: Device) -> tuple[str, str]:
    """Return the formatters of uplinks and downlinks; those that are zero, FORMATTER_NONE, are not in a device."""
    found = device.get(_FORMATTER)
    if not isinstance(found, Mapping) or not found:
        return "", ""
    none = "FORMATTER_NONE"
    return _text(found.get("up_formatter")) or none, _text(found.get("down_formatter")) or none


def _is_by_hand(device: Device) -> bool:
    """Return whether it is an ABP device. The Network Server leaves out ``supports_join`` if it is false."""
    return device.get("supports_join") is not True and bool(device.get("session"))


def _other_activation(device: Device, read: Mapping[str, str]) -> frozenset[str]:
    """Name what a device has that is not of its way of activation, or needless beside other keys."""
    if not _is_by_hand(device):
        code = {"claimAuthenticationCode"} if any(read[name] for name in ROOT_KEYS) else set()
        return frozenset({*SESSION, *SESSION_KEYS, "resetsFCnt", *code})
    network = {read[name] for name in ("nwkSKey", "sNwkSIntKey", "nwkSEncKey")}
    is_1_1 = lorawan.lorawan_version(read["lorawanVersion"]) == lorawan.MAC_1_1
    copies = {"sNwkSIntKey", "nwkSEncKey"} if len(network) == 1 and not is_1_1 else set()
    return frozenset({*ROOT_KEYS, "claimAuthenticationCode", *copies})


def _warnings(device: Device, read: Mapping[str, str]) -> Iterator[str]:
    yield from _about_keys(device, read)
    up, down = _formatters(device)
    if up not in ("", *WORDS):
        yield _OWN_SCRIPT.format(up)
    elif up != down:
        yield _TWO_FORMATTERS
    if device.get("lora_alliance_profile_ids") and not read["brandID"]:
        yield NO_MODEL_BY_NUMBER
    if unsaid := ", ".join(_unsaid(device)):
        yield _UNSAID.format(unsaid)


def _about_keys(device: Device, read: Mapping[str, str]) -> Iterator[str]:
    has_root_keys = any(read[name] for name in ROOT_KEYS)
    if _is_by_hand(device) and (has_root_keys or read["claimAuthenticationCode"]):
        yield _NO_ROOT_KEYS
    elif not _is_by_hand(device) and device.get("session"):
        yield _JOINS_AGAIN
    if not _is_by_hand(device) and has_root_keys and read["claimAuthenticationCode"]:
        yield _NO_CODE
    if any(_value(device, f"{_PATHS[name].removesuffix('.key')}.encrypted_key") for name in _PATHS if name in KEYS):
        yield _ENCRYPTED


def _unsaid(device: Device) -> Iterator[str]:
    """Yield the fields that are set and that no attribute of a thing holds."""
    tops = {path.partition(".")[0] for path in _PATHS.values()} | _SERVERS_OWN | {"multicast"}
    yield from (name for name, value in device.items() if value and name not in tops)
    settings = device.get("mac_settings")
    for name, value in settings.items() if isinstance(settings, Mapping) else ():
        if value is not None and f"mac_settings.{name}" not in _PATHS.values():
            yield f"mac_settings.{name}"
