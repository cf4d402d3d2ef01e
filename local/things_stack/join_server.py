"""Join Server: the root keys of the devices that are not claimed."""

from local.things_stack import definitions, fields, masks
from local.things_stack.decoding import Message
from local.things_stack.devices import Server
from local.things_stack.registry import Registry, check_no_address

_FIELD_VALUE = definitions.field_value("joinserver")
_APP_KEY, _NWK_KEY = _KEYS = ("root_keys.app_key.key", "root_keys.nwk_key.key")


class JoinRegistry(Registry):
    server = Server.JOIN
    package = "joinserver"
    writable = masks.JS_WRITE
    readable = masks.JS_READ
    key_paths = _KEYS
    key_id_path = "root_keys.root_key_id"
    serialises = False

    def check(self, device: Message, mask: list[str]) -> None:
        """A JoinEUI of zeros is one; a DevEUI or a key of zeros is none."""
        if "join_eui" not in device["ids"]:
            raise definitions.NO_JOIN_EUI()
        if fields.is_zero(device["ids"].get("dev_eui")):
            raise definitions.NO_DEV_EUI()
        if fields.asks_for(mask, _APP_KEY) and fields.is_zero(fields.value_at(device, _APP_KEY)):
            raise _FIELD_VALUE(field=_APP_KEY)

    def settle(self, device: Message, mask: list[str], stored: Message) -> list[str]:
        if stored:
            check_no_address(self.package, mask)
        elif not fields.is_zero(device["ids"].pop("dev_addr", None)):
            raise _FIELD_VALUE(field="ids.dev_addr")
        if fields.asks_for(mask, _NWK_KEY) and fields.is_zero(fields.value_at(device, _NWK_KEY)):
            device.get("root_keys", {}).pop("nwk_key", None)
        return mask

    def seen(self, record: Message, mask: list[str]) -> Message:
        """A read of keys returns the message around them, even if it is empty, and no cleared key."""
        if not fields.asks_for(mask, *self.key_paths):
            return record
        keys = record.get("root_keys", {})
        held = {name: key for name, key in keys.items() if name == "root_key_id" or not fields.is_zero(key.get("key"))}
        return {**record, "root_keys": held}


ROUTES = JoinRegistry().routes()
