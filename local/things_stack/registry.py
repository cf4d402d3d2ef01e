"""What Join, Network and Application Server have in common: an upsert that never asks the Identity Server.

Only masked fields are written; a masked but absent field is cleared. The EUIs of a device never change, and
no two devices of the deployment have the same pair. The Things Stack 3.32 compares EUIs on JS and AS only if
the mask names them and keeps the old ones in silence otherwise; here a difference is always refused.
"""

from collections.abc import Callable
from dataclasses import dataclass

from local.things_stack import definitions, fields, validation
from local.things_stack.access import READ, READ_KEYS, WRITE, WRITE_KEYS
from local.things_stack.call import Call, Route
from local.things_stack.decoding import Message
from local.things_stack.device_request import read_batch, read_device, read_mask
from local.things_stack.devices import Server

# (device as requested, mask): the server's own rules before rights are looked at
Check = Callable[[Message, list[str]], None]
# (device as requested, mask, device as stored or nothing): its rules against what it has
CheckChange = Callable[[Message, list[str], Message], None]


@dataclass(frozen=True, slots=True)
class Registry:
    """One server's device registry.

    ``package`` is the server's name in error namespaces. Paths of keys need the rights on keys; those of
    their identifiers only to be written.
    """

    server: Server
    package: str
    writable: set[str]
    readable: set[str]
    key_paths: tuple[str, ...]
    key_id_path: str
    check_change: CheckChange
    check: Check = lambda device, mask: None

    def set(self, call: Call) -> Message:
        device, mask = read_device(call, "SetEndDeviceRequest", self.writable)
        self.check(device, mask)
        call.require(WRITE, *([WRITE_KEYS] if fields.asks_for(mask, *self.key_paths, self.key_id_path) else []))
        device_id = device["ids"]["device_id"]
        stored = call.devices.get(self.server, call.application_id, device_id)
        self.check_change(device, mask, stored or {})
        self._check_euis(call, device["ids"], mask=mask, stored=stored)
        record = stored or {"ids": device["ids"]}
        fields.copy_fields(record, device, mask)
        return fields.selection(call.devices.put(self.server, record), mask)

    def _check_euis(self, call: Call, ids: Message, *, mask: list[str], stored: Message | None) -> None:
        if stored is None:
            call.devices.check_euis_free(self.server, ids, definitions.REGISTRY_EUIS_TAKEN)
            return
        for eui in ("join_eui", "dev_eui"):
            named = eui in ids or fields.asks_for(mask, f"ids.{eui}")
            if named and ids.get(eui) != stored["ids"].get(eui):
                raise definitions.read_only_field(self.package)(field=f"ids.{eui}")

    def get(self, call: Call) -> Message:
        mask = read_mask(call, self.readable)
        validation.check_ids("GetEndDeviceRequest", device_id=call.device_id)
        call.require(READ, *([READ_KEYS] if fields.asks_for(mask, *self.key_paths) else []))
        record = call.devices.get(self.server, call.application_id, call.device_id)
        if record is None:
            raise definitions.device_not_found(self.package)()
        return fields.selection(record, mask)

    def delete(self, call: Call) -> Message:
        validation.check_ids("EndDeviceIdentifiers", device_id=call.device_id)
        call.require(WRITE)
        if not call.devices.delete(self.server, call.application_id, call.device_id):
            raise definitions.device_not_found(self.package)()
        return {}

    def batch_delete(self, call: Call) -> Message:
        device_ids = read_batch(call, "BatchDeleteEndDevicesRequest")
        call.require(WRITE)
        call.devices.delete(self.server, call.application_id, *device_ids)
        return {}

    def routes(self) -> tuple[Route, ...]:
        devices = f"/{self.server}/applications/{{application_id}}/devices"
        device = devices + "/{device_id}"
        return (
            Route("DELETE", devices + "/batch", self.batch_delete),
            Route("POST", devices, self.set),
            Route("PUT", device, self.set),
            Route("GET", device, self.get),
            Route("DELETE", device, self.delete),
        )
