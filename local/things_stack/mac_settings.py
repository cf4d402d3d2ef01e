"""MAC settings: their kinds and the rules of their values. Unlike other fields they are written when they are zero.

Most are wrappers: absent is not zero, and a rule that a value breaks is one of the ``value`` within.
"""

import re
from collections.abc import Mapping, Sequence

from local.things_stack.decoding import Decoder, Json, Shape, malformed
from local.things_stack.kinds import (
    decimal,
    enum_number,
    flag,
    held,
    list_of,
    structure,
    unsigned,
    unsigned_64,
    wrapped,
)
from local.things_stack.validation import Broken, Rule, Rules, at_least, defined, up_to, within

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}
_PART = rf"(\d+\.?\d*|\.\d+)({'|'.join(_UNITS)})"
_DURATION = re.compile(rf"([+-]?)((?:{_PART})+|0)")
_MIN_HZ = 100_000
_NOT_DEFINED = Broken("value must be one of the defined enum values")


def _duration(value: Json, path: str) -> str | None:
    """Seconds with no, three, six or nine decimals."""
    if value is None:
        return None
    parsed = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if parsed is None:
        raise malformed(path, "expected a duration, like 60s")
    seconds = sum(float(number) * _UNITS[unit] for number, unit in re.findall(_PART, parsed[2]))
    written = f"{-seconds if parsed[1] == '-' else seconds:.9f}"
    for zeros in ("000", "000", ".000"):
        written = written.removesuffix(zeros)
    return f"{written}s"


def _names(prefix: str, values: Sequence[Json], suffix: str = "") -> Mapping[int, tuple[str, ...]]:
    return {place: (f"{prefix}_{value}{suffix}", f"{value}{suffix}") for place, value in enumerate(values)}


def _named(names: Mapping[int, tuple[str, ...]]) -> Decoder:
    """Comes out as a name, zero as the first one."""
    read = enum_number(names)

    def decode_name(value: Json, path: str) -> str | int:
        number = read(value, path)
        return names[number][0] if number in names else number

    return held(decode_name, None)


def _numbered(prefix: str, count: int) -> Decoder:
    """Comes out as a number."""
    return held(enum_number(_names(prefix, range(count))), 0)


def _frequency_in_list(value: Json, path: str) -> str:
    return unsigned_64(value, path) or "0"


_HZ, _FLAG = held(unsigned_64, "0"), held(flag, False)
_POWERS = [2**exponent for exponent in range(16)]
_DATA_RATE = _numbered("DATA_RATE", 16)
_DUTY_CYCLE = _named(_names("DUTY_CYCLE", _POWERS))
POWER_LEVELS = (8, 10, 12, 13, 14, 16, 18, 20, 21, 24, 26, 27, 29, 30, 33, 36)
_ADR: Shape = {
    "static": {
        "data_rate_index": enum_number(_names("DATA_RATE", range(16))),
        "tx_power_index": unsigned,
        "nb_trans": unsigned,
    },
    "dynamic": {
        "margin": wrapped(decimal, 0),
        **dict.fromkeys(("min_data_rate_index", "max_data_rate_index"), _DATA_RATE),
        **{f"{end}_{name}": wrapped(unsigned, 0) for end in ("min", "max") for name in ("tx_power_index", "nb_trans")},
        **dict.fromkeys(("channel_steering", "overrides"), structure),
    },
    "disabled": {},
}
_BOTH_WAYS: Shape = {  # what a device boots with, and with "desired_" before it what it shall use
    "rx1_delay": _numbered("RX_DELAY", 16),
    "rx1_data_rate_offset": _numbered("DATA_RATE_OFFSET", 8),
    "rx2_data_rate_index": _DATA_RATE,
    "rx2_frequency": _HZ,
    "max_duty_cycle": _DUTY_CYCLE,
    "ping_slot_data_rate_index": _DATA_RATE,
    "ping_slot_frequency": _HZ,
    "beacon_frequency": _HZ,
}
MAC_SETTINGS: Shape = {
    **_BOTH_WAYS,
    **{f"desired_{name}": kind for name, kind in _BOTH_WAYS.items()},
    "class_b_timeout": _duration,
    "class_c_timeout": _duration,
    "ping_slot_periodicity": _named(_names("PING_EVERY", _POWERS[:8], "S")),
    "factory_preset_frequencies": list_of(_frequency_in_list),
    "supports_32_bit_f_cnt": _FLAG,
    "resets_f_cnt": _FLAG,
    "use_adr": _FLAG,
    "adr_margin": wrapped(decimal, 0),
    "adr": _ADR,
    "status_time_periodicity": _duration,
    "status_count_periodicity": wrapped(unsigned, 0),
    "desired_adr_ack_limit_exponent": _named(_names("ADR_ACK_LIMIT", _POWERS)),
    "desired_adr_ack_delay_exponent": _named(_names("ADR_ACK_DELAY", _POWERS)),
    "desired_max_eirp": _named(_names("DEVICE_EIRP", POWER_LEVELS)),
    "class_b_c_downlink_interval": _duration,
    "uplink_dwell_time": _FLAG,
    "downlink_dwell_time": _FLAG,
    "schedule_downlinks": _FLAG,
    "relay": structure,
    "desired_relay": structure,
}


_NO_WRAPPERS = (
    *(f"class_{name}" for name in ("b_timeout", "c_timeout", "b_c_downlink_interval")),
    *("status_time_periodicity", "status_count_periodicity", "adr_margin", "factory_preset_frequencies"),
    *("relay", "desired_relay"),
)
# The same as field masks name it, by the messages that JSON leaves out.
_WRAPPED_DATA_RATES: Shape = {f"{end}_data_rate_index": {"value": _DATA_RATE} for end in ("min", "max")}
MASKED_SETTINGS: Shape = {
    **{name: kind if name in _NO_WRAPPERS else {"value": kind} for name, kind in MAC_SETTINGS.items()},
    "adr": {"mode": {**_ADR, "dynamic": {**_ADR["dynamic"], **_WRAPPED_DATA_RATES}}},
}


def _of_value(rule: Rule) -> Rule:
    """A rule of what a wrapper holds."""

    def checked(value: Json) -> Broken | None:
        broken = None if value is None else rule(value)
        return broken and broken._replace(below=("value",))

    return checked


def _one_of_first(count: int) -> Rule:
    return lambda value: None if 0 <= value < count else _NOT_DEFINED


def _frequency(value: Json) -> Broken | None:
    return at_least(_MIN_HZ)(int(value))


def _frequency_or_zero(value: Json) -> Broken | None:
    return Broken(f"value must be outside range (0, {_MIN_HZ})") if 0 < int(value) < _MIN_HZ else None


def _at_most_96(value: Json) -> Broken | None:
    return Broken("value must contain no more than 96 item(s)") if len(value or []) > 96 else None


def _if_given(rule: Rule) -> Rule:
    return lambda value: None if value is None else rule(value)


_WRAPPER_RULES: Rules = {
    "rx1_delay": _one_of_first(16),
    "rx1_data_rate_offset": _one_of_first(8),
    **dict.fromkeys(("rx2_data_rate_index", "ping_slot_data_rate_index"), _one_of_first(16)),
    "rx2_frequency": _frequency,
    **dict.fromkeys(("ping_slot_frequency", "beacon_frequency"), _frequency_or_zero),
    **dict.fromkeys(("max_duty_cycle", "ping_slot_periodicity", "max_eirp"), defined),
    **dict.fromkeys(("adr_ack_limit_exponent", "adr_ack_delay_exponent"), defined),
}
_ADR_RULES: Rules = {
    "static.data_rate_index": _if_given(_one_of_first(16)),
    "static.tx_power_index": up_to(15),
    "static.nb_trans": within(1, 15),
    **{f"dynamic.{end}_data_rate_index": _of_value(_one_of_first(16)) for end in ("min", "max")},
    **{f"dynamic.{end}_tx_power_index": _if_given(up_to(15)) for end in ("min", "max")},
    **{f"dynamic.{end}_nb_trans": _if_given(within(1, 3)) for end in ("min", "max")},
}
MAC_SETTINGS_RULES: Rules = {
    **{
        f"mac_settings.{way}{name}": _of_value(rule)
        for name, rule in _WRAPPER_RULES.items()
        for way in ("", "desired_")
        if f"{way}{name}" in MAC_SETTINGS
    },
    "mac_settings.factory_preset_frequencies": _at_most_96,
    **{f"mac_settings.adr.{path}": rule for path, rule in _ADR_RULES.items()},
}


def plain_paths(mask: Sequence[str]) -> list[str]:
    """A mask as JSON has the fields: neither wrappers nor the choice of an ADR mode are messages there."""
    return [_plain(path) if path.startswith("mac_settings.") else path for path in mask]


def _plain(path: str) -> str:
    return path.replace(".adr.mode", ".adr").removesuffix(".value")
