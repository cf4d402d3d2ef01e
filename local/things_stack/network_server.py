"""Network Server: how a device joins and which frequencies and versions it speaks."""

from local.things_stack import definitions, fields, masks
from local.things_stack.access import READ, READ_KEYS, TRAFFIC_READ, WRITE
from local.things_stack.band_rules import check_band_rules
from local.things_stack.call import ApiCall, Route
from local.things_stack.decoding import Message, decode
from local.things_stack.device_request import checked_mask
from local.things_stack.devices import Server
from local.things_stack.errors import StackError
from local.things_stack.kinds import paths
from local.things_stack.network_rules import Judgement
from local.things_stack.network_session import (
    ADDRESS,
    KEY_ID,
    KEYS,
    after_reset,
    begin_session,
    check_address,
    check_session,
    check_zeros,
    has_session,
)
from local.things_stack.registry import Registry
from local.things_stack.validation import check_ids

_NEVER_EMPTY = ("frequency_plan_id", "lorawan_phy_version", "lorawan_version")
_IMMUTABLE = ("multicast", "supports_join")
_NEED_DEV_EUI = ("MAC_V1_0_4", "MAC_V1_1")
_LEGACY_ADR = ("mac_settings.adr_margin", "mac_settings.use_adr")
_PERIODICITY = "mac_settings.ping_slot_periodicity"


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
        check_band_rules(judged)
        check_zeros(judged)
        check_session(judged)
        judged.finish()
        if has_session(judged):
            begin_session(judged)
        for flag in _IMMUTABLE:
            if stored and judged.sets(flag) and device.get(flag) != stored.get(flag):
                raise judged.refuse(flag)
        return judged.paths

    def reset(self, call: ApiCall) -> Message:
        """Forget the session of a device that joins; let that of another one begin again with the same keys."""
        body = decode(call.body, {"field_mask": paths})
        mask = checked_mask(body.get("field_mask", []), self.readable)
        given = {"device_id": call.device_id, "application_ids.application_id": call.application_id}
        check_ids("ResetAndGetEndDeviceRequest", {f"end_device_ids.{path}": value for path, value in given.items()})
        call.require(WRITE, *self.read_rights(mask))
        record = call.devices.get(self.server, call.application_id, call.device_id)
        if record is None:
            raise self.not_there(call)
        call.deployment.sessions.join(call.application_id, call.device_id)
        return fields.selection(call.devices.put(self.server, after_reset(record)), mask)

    def routes(self) -> tuple[Route, ...]:
        device = "/ns/applications/{application_id}/devices/{device_id}"
        return (*super().routes(), Route("PATCH", device, self.reset))

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
    judged.follow("mac_settings.adr", is_set=True, paths=_LEGACY_ADR, zero=True)


def _check_periodicity(judged: Judgement) -> None:
    if judged.value("supports_class_b") and judged.value(_PERIODICITY) is None:
        raise judged.refuse(f"{_PERIODICITY}.value")


ROUTES = NetworkRegistry().routes()
