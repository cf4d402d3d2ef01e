"""The cases of cases/devices.json and cases/changes.json, and devices as these write them: one flat form."""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Record = Mapping[str, Any]

# What the template's mapping gives these regions; tests/contract holds the mapping itself to the list of regions.
PLANS = {
    "eu-west-1": "EU_863_870_TTN",
    "us-east-1": "US_902_928_FSB_2",
    "ap-southeast-2": "AU_915_928_FSB_2",
    "ap-southeast-1": "AS_920_923",
    "ap-northeast-2": "KR_920_923_TTN",
    "ap-south-1": "IN_865_867",
}
_FOLDER = Path(__file__).with_name("cases")
_MARK = {"aws-stack", "aws-thing-id", "aws-run"}
_ZERO_LOCATION = {"latitude": 0, "longitude": 0, "altitude": 0, "accuracy": 0}
_IDENTITY = ("name", "description", "serial_number")
_NETWORK = ("supports_join", "supports_class_b", "supports_class_c", "mac_settings", "frequency_plan_id")
_VERSIONS = ("lorawan_version", "lorawan_phy_version")
_COUNTERS = {"ns": ("last_f_cnt_up", "last_n_f_cnt_down"), "as": ("last_a_f_cnt_down",)}
# An attribute, followed by what is wrong with it, one after the other.
_NAMED = re.compile(r"(?:^|; )((?:label:)?[A-Za-z0-9_-]*): ")
# What AWS IoT takes as an attribute's value; an empty one takes the attribute away.
_VALUE = re.compile(r"[a-zA-Z0-9_.,@/:#=\[\]-]{1,800}")


def load(name: str) -> list[dict[str, Any]]:
    """Return the cases of ``cases/<name>.json``."""
    cases: list[dict[str, Any]] = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))["cases"]
    return cases


def attributes_named(message: str) -> list[str]:
    """Return the attributes whose problems a refusal's text lists."""
    return sorted(_NAMED.findall(message))


def fits_on_a_thing(attributes: Mapping[str, str]) -> bool:
    """Return whether AWS IoT takes the attributes: what files hold besides never gets to a thing."""
    return all(_VALUE.fullmatch(value) for value in attributes.values())


def held(state: Mapping[str, Record], device_id: str) -> dict[str, Any]:
    """Return the device as the cases write it, from what the servers hold; what is absent or false is left out."""
    servers = {server: state[server].get(f"demo-app/{device_id}", {}) for server in ("is", "js", "ns", "as")}
    claim = state["claims"].get(servers["is"]["ids"]["dev_eui"], {})
    device = {
        **servers["is"]["ids"],
        **{name: servers["is"].get(name) for name in _IDENTITY},
        **{name: servers["ns"].get(name) for name in (*_NETWORK, *_VERSIONS)},
        **{f"{name}_key": _key(servers["js"].get("root_keys", {}), f"{name}_key") for name in ("app", "nwk")},
        "authentication_code": claim.get("authentication_code"),
        **_session(servers["ns"].get("session", {}), servers["as"].get("session", {})),
        **_formatters(servers["as"]),
        "version_ids": _agreed({server: servers[server].get("version_ids") for server in ("is", "ns", "as")}),
        "location": _location(servers["is"].get("locations", {})),
        "labels": {key: text for key, text in servers["is"].get("attributes", {}).items() if key not in _MARK},
    }
    del device["application_ids"]
    return {name: value for name, value in device.items() if value not in (None, False, {}, [])}


def _session(network: Record, application: Record) -> dict[str, Any]:
    keys = network.get("keys", {})
    names = {"nwk_s_key": "f_nwk_s_int_key", "s_nwk_s_int_key": "s_nwk_s_int_key", "nwk_s_enc_key": "nwk_s_enc_key"}
    held_keys = {name: _key(keys, field) for name, field in names.items()}
    own = {name: key for name, key in held_keys.items() if name == "nwk_s_key" or key != held_keys["nwk_s_key"]}
    counters = {name: network.get(name) or None for name in _COUNTERS["ns"]}
    return {
        "dev_addr": _agreed({"ns": network.get("dev_addr"), "as": application.get("dev_addr")}),
        **own,
        "app_s_key": _key(application.get("keys", {}), "app_s_key"),
        **counters,
        **{name: application.get(name) or None for name in _COUNTERS["as"]},
    }


def _key(keys: Record, name: str) -> str | None:
    return keys.get(name, {}).get("key")


def _agreed(by_server: Mapping[str, Any]) -> Any:
    """Return what all servers have; if they differ, what each has, which no case expects."""
    values = list(by_server.values())
    return values[0] or None if all(value == values[0] for value in values) else dict(by_server)


def _formatters(application: Record) -> dict[str, str]:
    """FORMATTER_NONE, being zero, is left out of answers; without ``formatters`` those of the application decode."""
    if "formatters" not in application:
        return {}
    names = ("up_formatter", "down_formatter")
    return {name: application["formatters"].get(name, "FORMATTER_NONE") for name in names}


def _location(locations: Record) -> dict[str, Any] | None:
    if "user" not in locations:
        return None
    own = dict(locations["user"])
    if own.pop("source", None) != "SOURCE_REGISTRY":
        own["source"] = "another"
    return _ZERO_LOCATION | own


def planned(device: Record) -> dict[str, Any]:
    """Return a planned device as the cases write it; what only The Things Stack adds is not in it."""
    values, keys = device["values"], device["keys"]
    formatter = values.get("payload_formatter")
    found = {
        **{name: device.get(name) for name in ("device_id", "dev_eui", "join_eui", "authentication_code")},
        "supports_join": not values.get("dev_addr"),
        **{name: values.get(name) for name in (*_IDENTITY, *_VERSIONS, "frequency_plan_id", "dev_addr", "labels")},
        **{name: values.get(name) for name in ("supports_class_b", "supports_class_c")},
        **{name: values.get(name) or None for names in _COUNTERS.values() for name in names},
        **{name: keys.get(name) for name in _KEYS},
        "mac_settings": {name: values[name] for name in _MAC_SETTINGS if values.get(name) is not None},
        "version_ids": {name: values[name] for name in _VERSION_IDS if values.get(name) is not None},
        **({} if formatter in (None, "application") else dict.fromkeys(("up_formatter", "down_formatter"), formatter)),
        "location": dict(_planned_location(values)),
    }
    return {name: value for name, value in found.items() if value not in (None, False, {}, "")}


def _planned_location(values: Record) -> Iterator[tuple[str, Any]]:
    if values.get("latitude") is not None:
        yield from ((name, values.get(name) or 0) for name in _ZERO_LOCATION)


_KEYS = ("app_key", "nwk_key", "app_s_key", "nwk_s_key", "s_nwk_s_int_key", "nwk_s_enc_key")
_VERSION_IDS = ("brand_id", "model_id", "hardware_version", "firmware_version", "band_id")
_MAC_SETTINGS = (
    "class_b_timeout",
    "class_c_timeout",
    "ping_slot_periodicity",
    "ping_slot_data_rate_index",
    "ping_slot_frequency",
    "beacon_frequency",
    "rx1_delay",
    "rx1_data_rate_offset",
    "rx2_data_rate_index",
    "rx2_frequency",
    "factory_preset_frequencies",
    "max_duty_cycle",
    "supports_32_bit_f_cnt",
    "resets_f_cnt",
)
