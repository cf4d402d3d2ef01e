"""Network Server: how a device joins and which frequencies and versions it speaks."""

from local.things_stack import definitions, fields, masks
from local.things_stack.access import READ, READ_KEYS, TRAFFIC_READ
from local.things_stack.call import ApiCall
from local.things_stack.decoding import Message
from local.things_stack.devices import Server
from local.things_stack.errors import StackError
from local.things_stack.frequency_plans import band_of, check_band
from local.things_stack.network_rules import Judgement
from local.things_stack.network_session import (
    ADDRESS,
    KEY_ID,
    KEYS,
    begin_session,
    check_address,
    check_session,
    check_zeros,
    has_session,
)
from local.things_stack.registry import Registry

_NEVER_EMPTY = ("frequency_plan_id", "lorawan_phy_version", "lorawan_version")
_IMMUTABLE = ("multicast", "supports_join")
_NEED_DEV_EUI = ("MAC_V1_0_4", "MAC_V1_1")
_PLAN, _PHY = "frequency_plan_id", "lorawan_phy_version"
_PERIODICITY = "mac_settings.ping_slot_periodicity.value"
# Settings that a band may not have: they are checked with the device's plan.
_OF_BAND = tuple(
    f"mac_settings.{name}"
    for name in (
        "adr.mode.dynamic.max_data_rate_index.value",
        "adr.mode.static.data_rate_index",
        "desired_ping_slot_data_rate_index.value",
        "desired_rx2_data_rate_index.value",
        "downlink_dwell_time.value",
        "factory_preset_frequencies",
        "ping_slot_data_rate_index.value",
        "ping_slot_frequency.value",
        "rx2_data_rate_index.value",
        "uplink_dwell_time.value",
        "use_adr.value",
    )
)


class NetworkRegistry(Registry):
    server = Server.NETWORK
    package = "networkserver"
    writable = masks.NS_WRITE
    readable = masks.NS_READ
    key_paths = KEYS
    key_id_path = KEY_ID

    def require(self, call: ApiCall, *rights: str) -> None:
        """Raise for all missing rights at once."""
        call.require(*rights)

    def read_rights(self, mask: list[str]) -> list[str]:
        """To learn that a device is there needs a right, but none in particular."""
        queues = [f"{session}.queued_application_downlinks" for session in ("session", "pending_session")]
        keys = [path for key in KEYS for path in (key, f"pending_{key}")]
        needed = {
            READ: bool(mask),
            TRAFFIC_READ: fields.asks_for(mask, *queues),
            READ_KEYS: fields.asks_for(mask, *keys),
        }
        return [right for right, is_needed in needed.items() if is_needed]

    def settle(self, device: Message, mask: list[str], stored: Message) -> list[str]:
        judged = Judgement(device, mask, stored)
        for path in _NEVER_EMPTY:
            judged.never_empty(path)
        check_address(judged)
        _check_activation(judged)
        _check_classes(judged)
        _check_band(judged)
        check_zeros(judged)
        check_session(judged)
        judged.finish()
        if has_session(judged):
            begin_session(judged)
        for flag in _IMMUTABLE:
            if stored and judged.sets(flag) and device.get(flag) != stored.get(flag):
                raise judged.refuse(flag)
        return judged.paths

    def not_read(self, call: ApiCall) -> StackError:
        return definitions.STORE_NOT_FOUND()


def _check_activation(judged: Judgement) -> None:
    """Without ``supports_join`` in the mask a new device is one that never joins, and that is no error."""

    def needs_dev_eui() -> None:
        version, known = judged.value("lorawan_version"), judged.value("ids.dev_eui")
        if not fields.is_zero(known):
            return
        if version is None:
            raise judged.refuse("lorawan_version")
        if version in _NEED_DEV_EUI and not judged.value("multicast"):
            raise judged.refuse("ids.dev_eui")

    joins, euis = "supports_join", ("ids.dev_eui", "ids.join_eui")
    judged.follow(joins, is_set=False, paths=(KEY_ID, "pending_session.dev_addr"), zero=True)
    judged.follow(joins, is_set=False, paths=(ADDRESS, KEYS[0]), zero=False)
    judged.rule_of(joins, needs_dev_eui, "ids.dev_eui", "lorawan_version", "multicast", is_set=False)
    judged.rule_of(joins, lambda: _check_periodicity(judged), "supports_class_b", _PERIODICITY, is_set=False)
    judged.follow("multicast", is_set=True, paths=(joins, "session.last_f_cnt_up"), zero=True)
    judged.follow(joins, is_set=True, paths=euis, zero=False)


def _check_classes(judged: Judgement) -> None:
    def needs_class() -> None:
        if not judged.value("supports_class_b") and not judged.value("supports_class_c"):
            raise judged.refuse("supports_class_b")

    judged.rule_of("multicast", needs_class, "supports_class_b", "supports_class_c", is_set=True)
    judged.rule_of("multicast", lambda: _check_periodicity(judged), "supports_class_b", _PERIODICITY, is_set=True)


def _check_periodicity(judged: Judgement) -> None:
    settings = judged.holder(_PERIODICITY).get("mac_settings", {})
    if judged.value("supports_class_b") and "ping_slot_periodicity" not in settings:
        raise judged.refuse(_PERIODICITY)


def _check_band(judged: Judgement) -> None:
    """The plan must exist, its band must have the version, and the device's own band must be the plan's."""

    def own_band() -> None:
        own, band_id = judged.value("version_ids.band_id"), band_of(judged.value(_PLAN))
        if own not in (None, band_id):
            mismatch = definitions.BAND_MISMATCH(dev_band_id=own, fp_band_id=band_id)
            raise judged.refuse("version_ids.band_id", mismatch)

    if not judged.sets(_PLAN, _PHY, "supports_class_b", *_OF_BAND):
        return
    judged.rule(lambda: check_band(judged.value(_PLAN) or "", judged.value(_PHY)), _PLAN, _PHY)
    if judged.sets(_PLAN, "version_ids.band_id"):
        judged.rule(own_band, _PLAN, _PHY, "version_ids.band_id")


ROUTES = NetworkRegistry().routes()
