"""Application Server: how payloads are decrypted and decoded."""

from local.things_stack import definitions, fields, masks, validation
from local.things_stack.call import ApiCall
from local.things_stack.decoding import Message
from local.things_stack.devices import Server
from local.things_stack.errors import StackError
from local.things_stack.registry import Registry, check_no_address

_FIELD_VALUE = definitions.field_value("applicationserver")
_ADDRESS, _APP_S_KEY = "session.dev_addr", "session.keys.app_s_key.key"


class ApplicationRegistry(Registry):
    server = Server.APPLICATION
    package = "applicationserver"
    writable = masks.AS_WRITE
    readable = masks.AS_READ
    key_paths = (_APP_S_KEY, "pending_session.keys.app_s_key.key")
    key_id_path = "session.keys.session_key_id"

    def check(self, device: Message, mask: list[str]) -> None:
        for path in (_ADDRESS, _APP_S_KEY):
            if fields.asks_for(mask, path) and fields.is_zero(fields.value_at(device, path)):
                raise _FIELD_VALUE(field=path)

    def settle(self, device: Message, mask: list[str], stored: Message) -> list[str]:
        """A new device does not show the address of its session; one that gets another session does."""
        ids = device["ids"]
        given = fields.value_at(device, _ADDRESS) if fields.asks_for(mask, _ADDRESS) else None
        if stored:
            check_no_address(self.package, mask)
            ids["dev_addr"] = given
            return [*mask, *(["ids.dev_addr"] if given else [])]
        if ids.pop("dev_addr", given) != given:
            raise _FIELD_VALUE(field="ids.dev_addr")
        if fields.is_zero(ids.get("dev_eui")):
            ids.pop("dev_eui", None)
        return mask

    def check_record(self, record: Message) -> None:
        validation.check("EndDevice", record, {"session.keys": validation.required})

    def not_there(self, call: ApiCall) -> StackError:
        uid = f"{call.application_id}.{call.device_id}"
        return definitions.device_not_found(self.package)(device_uid=uid)

    def not_read(self, call: ApiCall) -> StackError:
        return definitions.STORE_NOT_FOUND()


ROUTES = ApplicationRegistry().routes()
