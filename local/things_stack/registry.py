"""What Join, Network and Application Server have in common: an upsert that never asks the Identity Server.

Only masked fields are written; a masked but absent field is cleared. The EUIs of a device never change, and no two
devices of the deployment have the same pair. A Set compares its EUIs with those of the record only if it writes them,
and keeps the old ones in silence otherwise.
"""

from local.things_stack import definitions, fields
from local.things_stack.access import READ, READ_KEYS, WRITE, WRITE_KEYS
from local.things_stack.call import ApiCall, Route
from local.things_stack.decoding import Message
from local.things_stack.device_request import check_identifiers, read_batch, read_device, read_mask
from local.things_stack.devices import Server
from local.things_stack.errors import StackError


class Registry:
    """One server's device registry; each server says what it does otherwise.

    ``package`` is the server's name in error namespaces. Paths of keys need the rights on keys; those of
    their identifiers only to be written. ``serialises``: a Set of a device waits until another one has ended.
    """

    server: Server
    package: str
    writable: set[str]
    readable: set[str]
    key_paths: tuple[str, ...]
    key_id_path: str
    serialises = True

    def check(self, device: Message, mask: list[str]) -> None:
        """Raise what the server refuses before it checks rights."""

    def require(self, call: ApiCall, *rights: str) -> None:
        """Raise for the first missing right only."""
        for right in rights:
            call.require(right)

    def read_rights(self, mask: list[str]) -> list[str]:
        return [READ, *([READ_KEYS] if fields.asks_for(mask, *self.key_paths) else [])]

    def settle(self, device: Message, mask: list[str], stored: Message) -> list[str]:
        """Return the paths to write, after changing the device to what is written.

        Raises:
            StackError: the server refuses it, given what it has; ``stored`` is empty for a new device.
        """
        raise NotImplementedError

    def check_record(self, record: Message) -> None:
        """Raise if a record, as it would be written, breaks a rule."""

    def not_there(self, call: ApiCall) -> StackError:
        """What a read and a deletion of no device are answered with."""
        return definitions.device_not_found(self.package)()

    def not_read(self, call: ApiCall) -> StackError:
        return self.not_there(call)

    def seen(self, record: Message, mask: list[str]) -> Message:
        """The record as a read with this mask sees it."""
        return record

    def set(self, call: ApiCall) -> Message:
        device, mask = read_device(call, "SetEndDeviceRequest", self.writable)
        self.check(device, mask)
        self.require(call, WRITE, *([WRITE_KEYS] if fields.asks_for(mask, *self.key_paths, self.key_id_path) else []))
        stored = call.devices.get(self.server, call.application_id, device["ids"]["device_id"])
        if call.meets_itself and not self.serialises:
            self._write(call, device, mask, stored)
        return fields.selection(self._write(call, device, mask, stored), mask)

    def _write(self, call: ApiCall, device: Message, mask: list[str], stored: Message | None) -> Message:
        """Write over the record as it was read; one that another call has changed since then is in the way."""
        paths = self.settle(device, mask, stored or {})
        if stored is None:
            call.devices.check_euis_free(self.server, device["ids"], definitions.REGISTRY_EUIS_TAKEN)
        elif not paths:
            return stored
        else:
            self._check_euis(device["ids"], stored["ids"], paths)
            if call.devices.get(self.server, call.application_id, device["ids"]["device_id"]) != stored:
                raise definitions.TRANSACTION_FAILED()
        record = {"ids": device["ids"]} if stored is None else fields.copied(stored)
        fields.copy_fields(record, device, paths)
        self.check_record(record)
        return call.devices.put(self.server, record)

    def _check_euis(self, ids: Message, stored: Message, paths: list[str]) -> None:
        for eui in ("join_eui", "dev_eui"):
            if fields.asks_for(paths, f"ids.{eui}") and ids.get(eui) != stored.get(eui):
                raise definitions.read_only_field(self.package)(field=f"ids.{eui}")

    def get(self, call: ApiCall) -> Message:
        mask = read_mask(call, self.readable)
        self.require(call, *self.read_rights(mask))
        record = call.devices.get(self.server, call.application_id, call.device_id)
        if record is None:
            raise self.not_read(call)
        return fields.selection(self.seen(record, mask), mask)

    def delete(self, call: ApiCall) -> Message:
        check_identifiers(call)
        call.require(WRITE)
        if not call.devices.delete(self.server, call.application_id, call.device_id):
            raise self.not_there(call)
        return {}

    def batch_delete(self, call: ApiCall) -> Message:
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


def check_no_address(package: str, mask: list[str]) -> None:
    """Raise if the mask of a device that is there has all of its IDs: the DevAddr among them is not to be set."""
    if fields.asks_for(mask, "ids.dev_addr"):
        raise definitions.field_mask(package)(definitions.PROHIBITED_FIELD(field="ids.dev_addr"))
