"""Network Server: what it says of itself, to anybody: its addresses, and the MAC settings of a device that has none."""

import secrets

from local.things_stack import validation
from local.things_stack.bands import OF_PLAN, Band
from local.things_stack.call import ApiCall, Route
from local.things_stack.decoding import Message
from local.things_stack.errors import Code, GatewayError
from local.things_stack.frequency_plans import check_band
from local.things_stack.lorawan import PHY_VERSIONS
from local.things_stack.mac_settings import POWER_LEVELS

_NET_ID, _PREFIX, _PREFIX_BITS = "000000", "00000000", 7
_PREFIXES = ("PHY_", "TS001_", "RP00")  # spellings without them are for JSON alone
_NUMBERS = {alias: names[0] for names in PHY_VERSIONS.values() for alias in names if alias.startswith(_PREFIXES)}
_SERVER_DEFAULTS: Message = {
    "class_b_timeout": "600s",
    "class_c_timeout": "300s",
    "rx1_delay": 1,
    "desired_rx1_delay": 5,
    **{f"{way}rx1_data_rate_offset": 0 for way in ("", "desired_")},
    **{f"{way}max_duty_cycle": "DUTY_CYCLE_1" for way in ("", "desired_")},
    "supports_32_bit_f_cnt": True,
    "resets_f_cnt": False,
    "adr_margin": 15,
    "desired_adr_ack_limit_exponent": "ADR_ACK_LIMIT_64",
    "desired_adr_ack_delay_exponent": "ADR_ACK_DELAY_32",
    "status_time_periodicity": "86400s",
    "status_count_periodicity": 200,
    "schedule_downlinks": True,
}


def get_default_mac_settings(call: ApiCall) -> Message:
    plan_id, given = call.parameters["frequency_plan_id"], call.parameters["lorawan_phy_version"]
    version = _NUMBERS.get(given) or PHY_VERSIONS.get(int(given) if given.isdecimal() else -1, ("",))[0]
    if not version:
        raise GatewayError(Code.INVALID_ARGUMENT, "type mismatch, parameter: lorawan_phy_version")
    rules = {"frequency_plan_id": validation.at_most(64)}
    validation.check("GetDefaultMACSettingsRequest", {"frequency_plan_id": plan_id}, rules)
    band, plan = check_band(plan_id, version), OF_PLAN.get(plan_id, {})
    return {**_SERVER_DEFAULTS, **_of_band(band), **_desired(band, plan)}


def _of_band(band: Band) -> Message:
    return {
        "rx2_data_rate_index": band.rx2_data_rate,
        "rx2_frequency": str(band.rx2_frequency),
        "ping_slot_data_rate_index": band.beacon_data_rate,
        "ping_slot_frequency": str(band.ping_slot_frequency),
        "beacon_frequency": str(band.beacon_frequency),
        "use_adr": band.has_dynamic_adr,
    }


def _desired(band: Band, plan: Message) -> Message:
    power = min(plan.get("max_eirp", band.max_eirp), band.max_eirp)
    return {
        "desired_rx2_data_rate_index": plan.get("rx2_data_rate", band.rx2_data_rate),
        "desired_rx2_frequency": str(plan.get("rx2_frequency", band.rx2_frequency)),
        "desired_ping_slot_data_rate_index": band.beacon_data_rate,
        "desired_ping_slot_frequency": str(band.ping_slot_frequency),
        "desired_beacon_frequency": str(band.beacon_frequency),
        "desired_max_eirp": f"DEVICE_EIRP_{max(level for level in POWER_LEVELS if level <= power)}",
    }


def get_net_id(_call: ApiCall) -> Message:
    return {"net_id": _NET_ID}


def get_prefixes(_call: ApiCall) -> Message:
    return {"dev_addr_prefixes": [f"{_PREFIX}/{_PREFIX_BITS}"]}


def get_dev_addr(_call: ApiCall) -> Message:
    """Any address that is the network's; it need not be free."""
    return {"dev_addr": f"{secrets.randbits(32 - _PREFIX_BITS):08X}"}


ROUTES = (
    Route("GET", "/ns/default_mac_settings/{frequency_plan_id}/{lorawan_phy_version}", get_default_mac_settings),
    Route("GET", "/ns/net_id", get_net_id),
    Route("GET", "/ns/dev_addr_prefixes", get_prefixes),
    Route("GET", "/ns/dev_addr", get_dev_addr),
)
