"""How the Network Server judges MAC settings by the band of the device's frequency plan."""

from collections.abc import Callable

from local.things_stack import definitions
from local.things_stack.bands import Band
from local.things_stack.decoding import Json
from local.things_stack.frequency_plans import band_of, check_band
from local.things_stack.network_rules import Judgement

_PLAN, _PHY, _BAND_ID = _OF_PLAN = ("frequency_plan_id", "lorawan_phy_version", "version_ids.band_id")
_SETTINGS = "mac_settings."
_PRESETS = f"{_SETTINGS}factory_preset_frequencies"
# Whether a band has what a setting asks for, by the setting; a wrapper is named by the ``value`` within.
_WRAPPED: dict[str, Callable[[Band, Json], bool]] = {
    **dict.fromkeys(
        (
            "rx2_data_rate_index",
            "desired_rx2_data_rate_index",
            "ping_slot_data_rate_index",
            "desired_ping_slot_data_rate_index",
        ),
        lambda band, value: value in band.data_rates,
    ),
    **dict.fromkeys(("uplink_dwell_time", "downlink_dwell_time"), lambda band, _: band.has_tx_param_setup),
    "use_adr": lambda band, value: band.has_dynamic_adr or not value,
}
_ADR: dict[str, Callable[[Band, Json], bool]] = {
    "static": lambda band, mode: mode.get("data_rate_index", 0) in band.data_rates,
    "dynamic": lambda band, _: band.has_dynamic_adr,
}
_ADR_FIELDS = {"static": "adr.mode.static.data_rate_index", "dynamic": "adr.mode"}


def check_band_rules(judged: Judgement) -> None:
    """The plan must exist, and its band have the version, the device's own band ID and what the settings ask for."""
    settings = [*(f"{_SETTINGS}{name}" for name in _WRAPPED), *(f"{_SETTINGS}adr.{mode}" for mode in _ADR), _PRESETS]
    if not judged.sets(_PLAN, _PHY, "supports_class_b", f"{_SETTINGS}ping_slot_frequency", *settings):
        return
    judged.rule(lambda: _band(judged), _PLAN, _PHY)
    if judged.sets(_PLAN, _BAND_ID):
        judged.rule(lambda: _check_own_band(judged), *_OF_PLAN)
    for name, has in _WRAPPED.items():
        _check(judged, f"{_SETTINGS}{name}", has, f"{_SETTINGS}{name}.value")
    for mode, has in _ADR.items():
        _check(judged, f"{_SETTINGS}adr.{mode}", has, f"{_SETTINGS}{_ADR_FIELDS[mode]}")
    _check(judged, _PRESETS, lambda band, presets: _may_have(judged, band, presets), _PRESETS)


def _band(judged: Judgement) -> Band:
    return check_band(judged.value(_PLAN) or "", judged.value(_PHY))


def _check_own_band(judged: Judgement) -> None:
    own, band_id = judged.value(_BAND_ID), band_of(judged.value(_PLAN))
    if own not in (None, band_id):
        mismatch = definitions.BAND_MISMATCH(dev_band_id=own, fp_band_id=band_id)
        raise judged.refuse(_BAND_ID, mismatch)


def _check(judged: Judgement, path: str, has: Callable[[Band, Json], bool], named: str) -> None:
    def rule() -> None:
        value = judged.value(path)
        if value is not None and not has(_band(judged), value):
            raise judged.refuse(named)

    if judged.sets(_PLAN, _PHY, path):
        judged.rule(rule, _PLAN, _PHY, path)


def _may_have(judged: Judgement, band: Band, presets: list[str]) -> bool:
    plan_id = judged.value(_PLAN)
    return all(band.may_have_channel(plan_id, int(frequency)) for frequency in presets)
