"""Application Server: how payloads are decrypted and decoded."""

from local.things_stack import definitions, fields, masks
from local.things_stack.decoding import Message
from local.things_stack.devices import Server
from local.things_stack.registry import Registry

_FIELD_VALUE = definitions.field_value("applicationserver")
_APP_S_KEY = "session.keys.app_s_key.key"
_MAX_FORMATTER_CHARS = 40960


def _check(device: Message, mask: list[str]) -> None:
    for path in ("session.dev_addr", _APP_S_KEY):
        if fields.asks_for(mask, path) and fields.is_zero(fields.value_at(device, path)):
            raise _FIELD_VALUE(field=path)
    for path in ("formatters.up_formatter_parameter", "formatters.down_formatter_parameter"):
        if len(fields.value_at(device, path) or "") > _MAX_FORMATTER_CHARS:
            raise _FIELD_VALUE(field=path)


def _check_change(device: Message, mask: list[str], stored: Message) -> None:
    address = device["ids"].get("dev_addr")
    if not stored and address and address != fields.value_at(device, "session.dev_addr"):
        raise _FIELD_VALUE(field="ids.dev_addr")


ROUTES = Registry(
    server=Server.APPLICATION,
    package="applicationserver",
    writable=masks.AS_WRITE,
    readable=masks.AS_READ,
    key_paths=(_APP_S_KEY,),
    key_id_path="session.keys.session_key_id",
    check=_check,
    check_change=_check_change,
).routes()
