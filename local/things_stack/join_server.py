"""Join Server: the root keys of the devices that are not claimed."""

from local.things_stack import definitions, fields, masks
from local.things_stack.decoding import Message
from local.things_stack.devices import Server
from local.things_stack.registry import Registry

_FIELD_VALUE = definitions.field_value("joinserver")
_APP_KEY = "root_keys.app_key.key"


def _check(device: Message, mask: list[str]) -> None:
    """A JoinEUI of zeros is one; a DevEUI or a key of zeros is none."""
    if "join_eui" not in device["ids"]:
        raise definitions.NO_JOIN_EUI()
    if fields.is_zero(device["ids"].get("dev_eui")):
        raise definitions.NO_DEV_EUI()
    if fields.asks_for(mask, _APP_KEY) and fields.is_zero(fields.value_at(device, _APP_KEY)):
        raise _FIELD_VALUE(field=_APP_KEY)
    nwk_key = fields.value_at(device, "root_keys.nwk_key.key")
    if nwk_key and fields.is_zero(nwk_key):
        del device["root_keys"]["nwk_key"]


def _check_change(device: Message, mask: list[str], stored: Message) -> None:
    if not stored and "dev_addr" in device["ids"]:
        raise _FIELD_VALUE(field="ids.dev_addr")


ROUTES = Registry(
    server=Server.JOIN,
    package="joinserver",
    writable=masks.JS_WRITE,
    readable=masks.JS_READ,
    key_paths=(_APP_KEY, "root_keys.nwk_key.key"),
    key_id_path="root_keys.root_key_id",
    check=_check,
    check_change=_check_change,
).routes()
