"""Network Server: how a device joins and which frequencies and versions it speaks."""

import copy

from local.things_stack import definitions, fields, masks
from local.things_stack.decoding import Message
from local.things_stack.devices import Server
from local.things_stack.frequency_plans import PLANS
from local.things_stack.lorawan import PHY_VERSIONS_OF_BAND
from local.things_stack.registry import Registry

_FIELD_VALUE = definitions.field_value("networkserver")
_NEVER_EMPTY = ("frequency_plan_id", "lorawan_phy_version", "lorawan_version")
_IMMUTABLE = ("multicast", "supports_join")
_SESSION_KEYS = ("f_nwk_s_int_key", "s_nwk_s_int_key", "nwk_s_enc_key")


def _check_change(device: Message, mask: list[str], stored: Message) -> None:
    for name in _NEVER_EMPTY:
        if name in mask and name not in device:
            raise _FIELD_VALUE(field=name)
    _check_activation(device, mask, stored)
    _check_band(device, mask, stored)


def _check_activation(device: Message, mask: list[str], stored: Message) -> None:
    """Without ``supports_join`` in the mask a new device is one that never joins, and that is no error."""
    for name in _IMMUTABLE:
        if stored and name in mask and device.get(name) != stored.get(name):
            raise _FIELD_VALUE(field=name)
    if "supports_join" in mask:
        needed = ("ids.dev_eui", "ids.join_eui") if device.get("supports_join") else ("session.dev_addr",)
        for path in needed:
            if fields.value_at(device, path) is None and fields.value_at(stored, path) is None:
                raise _FIELD_VALUE(field=path)


def _check_band(device: Message, mask: list[str], stored: Message) -> None:
    """The plan must exist, its band must have the version, and the device's own band must be the plan's."""
    wanted = copy.deepcopy(stored)
    fields.copy_fields(wanted, device, mask)
    plan_id = wanted.get("frequency_plan_id", "")
    versions_change = fields.asks_for(mask, "frequency_plan_id", "lorawan_phy_version")
    if plan_id not in PLANS and versions_change:
        raise definitions.FREQUENCY_PLAN_NOT_FOUND(id=plan_id)
    if plan_id not in PLANS:
        return
    band_id = PLANS[plan_id]["band_id"]
    version = wanted.get("lorawan_phy_version", "PHY_UNKNOWN")
    if versions_change and version not in PHY_VERSIONS_OF_BAND[band_id]:
        raise definitions.NO_BAND_VERSION(ver=version, id=band_id)
    own_band_id = fields.value_at(wanted, "version_ids.band_id")
    if own_band_id not in (None, band_id) and fields.asks_for(mask, "frequency_plan_id", "version_ids.band_id"):
        mismatch = definitions.BAND_MISMATCH(dev_band_id=own_band_id, fp_band_id=band_id)
        raise _FIELD_VALUE(mismatch, field="version_ids.band_id")


ROUTES = Registry(
    server=Server.NETWORK,
    package="networkserver",
    writable=masks.NS_WRITE,
    readable=masks.NS_READ,
    key_paths=tuple(f"session.keys.{key}.key" for key in _SESSION_KEYS),
    key_id_path="session.keys.session_key_id",
    check_change=_check_change,
).routes()
