"""Templates: what a profile of the Device Repository says of a device, in the words of The Things Stack."""

from local.things_stack import definitions
from local.things_stack.decoding import Json, Message
from local.things_stack.lorawan import MAC_VERSIONS

_PHY_VERSIONS = {
    "TS001-1.0": "PHY_V1_0",
    "TS001-1.0.1": "PHY_V1_0_1",
    "RP001-1.0.2": "PHY_V1_0_2_REV_A",
    "RP001-1.0.2-RevB": "PHY_V1_0_2_REV_B",
    "RP001-1.0.3-RevA": "PHY_V1_0_3_REV_A",
    "RP001-1.1-RevA": "PHY_V1_1_REV_A",
    "RP001-1.1-RevB": "PHY_V1_1_REV_B",
    **{f"RP002-1.0.{patch}": f"RP002_V1_0_{patch}" for patch in range(5)},
}
_MAC_VERSIONS = {alias: names[0] for names in MAC_VERSIONS.values() for alias in names}
_HZ = 1_000_000
_FLAGS = ("supports_join", "supports_class_b", "supports_class_c")
_REPOSITORY = dict.fromkeys(("up_formatter", "down_formatter"), "FORMATTER_REPOSITORY")


def template_of(version_ids: Message, profile: Message, *, has_codec: bool) -> Message:
    """Return ``end_device`` and ``field_mask``; a flag that is false is in the mask alone.

    Raises:
        StackError: The Things Stack does not know the profile's version of the regional parameters.
    """
    version = profile["regionalParametersVersion"]
    if version not in _PHY_VERSIONS:
        raise definitions.REGIONAL_PARAMETERS_VERSION(phy_version=version)
    flags = zip(_FLAGS, ("supportsJoin", "supportsClassB", "supportsClassC"), strict=True)
    settings = _settings(profile)
    device = {
        "version_ids": version_ids,
        **{flag: True for flag, name in flags if profile.get(name)},
        "lorawan_version": _MAC_VERSIONS[profile["macVersion"]],
        "lorawan_phy_version": _PHY_VERSIONS[version],
        **({"formatters": _REPOSITORY} if has_codec else {}),
        "mac_settings": settings,
    }
    paths = ["version_ids", *_FLAGS, "lorawan_version", "lorawan_phy_version", *(["formatters"] if has_codec else [])]
    paths += [f"mac_settings.{name}" for name in settings]
    if not profile.get("supportsJoin") and profile.get("maxEIRP"):
        device["mac_state"] = {"desired_parameters": {"max_eirp": profile["maxEIRP"]}}
        paths.append("mac_state.desired_parameters.max_eirp")
    return {"end_device": device, "field_mask": {"paths": paths}}


def _settings(profile: Message) -> Message:
    """In the order of the template's mask: data rates, delay and offset may be zero, all else is there or not."""
    settings: dict[str, Json] = {
        "class_b_timeout": _seconds(profile.get("classBTimeout")),
        "class_c_timeout": _seconds(profile.get("classCTimeout")),
        "ping_slot_data_rate_index": profile.get("pingSlotDataRateIndex"),
        "ping_slot_frequency": _hz(profile.get("pingSlotFrequency")),
        "ping_slot_periodicity": f"PING_EVERY_{profile['pingSlotPeriod']}S" if profile.get("pingSlotPeriod") else None,
        "rx1_delay": profile.get("rx1Delay"),
        "rx1_data_rate_offset": profile.get("rx1DataRateOffset"),
        "rx2_data_rate_index": profile.get("rx2DataRateIndex"),
        "rx2_frequency": _hz(profile.get("rx2Frequency")),
        "supports_32_bit_f_cnt": profile.get("supports32bitFCnt") or None,
        "factory_preset_frequencies": [_hz(each) for each in profile.get("factoryPresetFrequencies", [])] or None,
        "max_duty_cycle": _duty_cycle(profile.get("maxDutyCycle") or 0),
    }
    return {name: value for name, value in settings.items() if value is not None}


def _seconds(number: int | None) -> str | None:
    return f"{number}s" if number else None


def _hz(mhz: float | None) -> str | None:
    return str(int(mhz * _HZ)) if mhz else None


def _duty_cycle(share: float) -> str | None:
    """Round down to a power of two: 0.01 is 1/128."""
    if not share:
        return None
    exponent = next((exponent for exponent in range(15) if share * 2**exponent >= 1), 15)
    return f"DUTY_CYCLE_{2**exponent}"
