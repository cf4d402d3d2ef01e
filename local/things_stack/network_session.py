"""A session on the Network Server: what it needs to be one, and what the server adds to it."""

from collections.abc import Iterable

from local.things_stack import definitions, fields
from local.things_stack.decoding import Message
from local.things_stack.devices import now
from local.things_stack.frequency_plans import check_band
from local.things_stack.network_rules import Judgement

ADDRESS = "session.dev_addr"
KEYS = tuple(f"session.keys.{name}.key" for name in ("f_nwk_s_int_key", "nwk_s_enc_key", "s_nwk_s_int_key"))
KEY_ID = "session.keys.session_key_id"
_UPLINK_KEY, *_OTHER_KEYS = KEYS
_COUNTERS = tuple(f"session.last_{name}" for name in ("conf_f_cnt_down", "f_cnt_up", "n_f_cnt_down"))
_PATHS = (ADDRESS, *KEYS, KEY_ID, *_COUNTERS, "session.started_at")
_FORGOTTEN = {
    *("mac_state", "session", "pending_mac_state", "pending_session"),
    *("battery_percentage", "downlink_margin", "last_dev_status_received_at", "power_state"),
}
_TOUCHING = (*_PATHS, "lorawan_version", "multicast", "supports_join")


def has_session(judged: Judgement) -> bool:
    """Whether the device will have one, as far as this request is about it."""
    if not judged.sets(*_TOUCHING):
        return False
    return any("session" in judged.holder(path) for path in _PATHS)


def check_address(judged: Judgement) -> None:
    """The address among the IDs is that of the session."""
    ids = judged.device["ids"]
    if "dev_addr" in ids or judged.sets("ids.dev_addr"):

        def same() -> None:
            session = judged.holder(ADDRESS).get("session")
            if ids.get("dev_addr") != (session or {}).get("dev_addr"):
                raise judged.refuse(ADDRESS)

        judged.rule(same, ADDRESS)
    elif judged.sets(ADDRESS):
        if address := fields.value_at(judged.device, ADDRESS):
            ids["dev_addr"] = address
        judged.paths.append("ids.dev_addr")


def check_zeros(judged: Judgement) -> None:
    """Of a session that is sent nothing may be zero but the keys that it leaves out."""
    if "session" in judged.device:
        absent = {path for path in _OTHER_KEYS if fields.value_at(judged.device, path.removesuffix(".key")) is None}
        _refuse_zeros(judged, [path for path in (ADDRESS, *KEYS) if path not in absent])
    if "pending_session" in judged.device:
        _refuse_zeros(judged, [f"pending_{path}" for path in (ADDRESS, *KEYS, KEY_ID)])


def _refuse_zeros(judged: Judgement, paths: Iterable[str]) -> None:
    for path in paths:
        if judged.sets(path) and fields.is_zero(fields.value_at(judged.device, path)):
            raise judged.refuse(path)


def check_session(judged: Judgement) -> None:
    if not judged.sets(*_TOUCHING):
        return
    judged.rule(lambda: _check_whole(judged), *_TOUCHING, "mac_state.lorawan_version")


def _check_whole(judged: Judgement) -> None:
    with_state = judged.stored.get("mac_state") is not None
    if not has_session(judged):
        if with_state or judged.value("multicast"):
            raise judged.refuse("session")
        return
    version = _version(judged)
    for path in (ADDRESS, _UPLINK_KEY):
        if fields.is_zero(judged.value(path)):
            raise judged.refuse(path)
    for path in _OTHER_KEYS:
        _check_key(judged, path, own=version == "MAC_V1_1")
    if judged.value("supports_join") and "session" not in judged.holder(KEY_ID):
        raise judged.refuse(KEY_ID)


def _version(judged: Judgement) -> str | None:
    """A session keeps the version that it began with. Without any the genuine server stumbles, and so says this one."""
    if not judged.sets("lorawan_version") and not judged.stored:
        raise definitions.RPC_RECOVERED()
    state = judged.stored.get("mac_state") or {}
    version: str | None = state.get("lorawan_version", judged.value("lorawan_version"))
    return version


def _check_key(judged: Judgement, path: str, *, own: bool) -> None:
    """From 1.1 on each key is one of its own, before that all are the same."""
    value = judged.value(path)
    if own and fields.is_zero(value):
        raise judged.refuse(path)
    if not own and judged.sets(path) and value != judged.value(_UPLINK_KEY):
        raise judged.refuse(path)


def begin_session(judged: Judgement) -> None:
    """Give the session of the device what the server adds; its plan and versions are read from the request alone."""
    device, stored = judged.device, judged.stored
    state = stored.get("mac_state")
    if state is None:
        check_band(device.get("frequency_plan_id", ""), device.get("lorawan_phy_version"))
        state = _new_state(device)
        fields.copy_fields(state, device.get("mac_state", {}), _below_state(judged))
        device["mac_state"] = state
        judged.paths.append("mac_state")
    session = device.setdefault("session", {})
    if judged.sets(_UPLINK_KEY) and state.get("lorawan_version") != "MAC_V1_1":
        keys = session["keys"]
        for path in _OTHER_KEYS:
            keys[path.split(".")[-2]] = keys["f_nwk_s_int_key"]
            judged.paths.append(path)
    if fields.value_at(stored, "session.started_at") is None:
        session["started_at"] = now()
        judged.paths.append("session.started_at")


def _below_state(judged: Judgement) -> list[str]:
    return [path.removeprefix("mac_state.") for path in judged.paths if path.startswith("mac_state.")]


def after_reset(record: Message) -> Message:
    """The device as it leaves the factory; counters begin at zero.

    Raises:
        StackError: it does not join and has no session.
    """
    left = {name: value for name, value in record.items() if name not in _FORGOTTEN}
    if record.get("supports_join"):
        ids = {name: value for name, value in record["ids"].items() if name != "dev_addr"}
        return {**left, "ids": ids}
    if "session" not in record:
        raise definitions.CORRUPTED_MAC_STATE(definitions.NO_SESSION())
    check_band(record.get("frequency_plan_id", ""), record.get("lorawan_phy_version"))
    session = {name: record["session"][name] for name in ("dev_addr", "keys")}
    return {**left, "mac_state": _new_state(record), "session": {**session, "started_at": now()}}


def _new_state(device: Message) -> Message:
    version = device.get("lorawan_version")
    class_c = device.get("supports_class_c") and version != "MAC_V1_1"
    return {"lorawan_version": version, **({"device_class": "CLASS_C"} if class_c else {})}
