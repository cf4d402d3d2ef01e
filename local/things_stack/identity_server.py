"""Identity Server: which devices an application has, and what people call them."""

from importlib import resources

from local.things_stack import definitions, fields, masks
from local.things_stack.access import READ, WRITE
from local.things_stack.call import ApiCall, Route
from local.things_stack.claim_code import check_code, with_whole_code, write_code
from local.things_stack.decoding import Message
from local.things_stack.device_request import check_identifiers, read_batch, read_device, read_list_mask, read_mask
from local.things_stack.devices import Server
from local.things_stack.errors import StackError

IS = Server.IDENTITY
_STORED = [path.removesuffix(".*") for path in sorted(masks.IS_WRITE)]
_SERIAL_NUMBER_COLUMN = 16
# There in every record, empty if need be.
_NEVER_ABSENT: Message = {"version_ids": {}, "lora_alliance_profile_ids": {}}
# The Things Stack reserves 731 words; these are a part of them.
_RESERVED = frozenset(
    resources.files("local.things_stack").joinpath("reserved-ids.txt").read_text(encoding="utf-8").split()
)


def create(call: ApiCall) -> Message:
    device, _ = read_device(call, "CreateEndDeviceRequest")
    call.require(WRITE)
    if device["ids"]["device_id"] in _RESERVED:
        raise definitions.FORBIDDEN_ID(id=device["ids"]["device_id"])
    _check_server_addresses(device, call.deployment.server_address)
    if fields.value_at(device, "claim_authentication_code.value"):
        check_code(device)
    _check_free(call, device["ids"])
    _check_columns(device)
    record: Message = {"ids": {name: value for name, value in device["ids"].items() if name != "dev_addr"}}
    fields.copy_fields(record, device, _STORED)
    return {**_NEVER_ABSENT, **call.devices.put(IS, record)}


def _check_columns(device: Message) -> None:
    """The column of serial numbers holds less than the API accepts."""
    if len(device.get("serial_number", "")) > _SERIAL_NUMBER_COLUMN:
        raise definitions.DRIVER()


def _check_server_addresses(device: Message, expected: str) -> None:
    """The hosts must be those of the application, if both have one; ports do not count."""
    for server, mismatch in definitions.ADDRESS_MISMATCH.items():
        address = device.get(f"{server}_address", "")
        if expected and address and address.partition(":")[0] != expected:
            raise mismatch(address=address, expected=expected)


def _check_free(call: ApiCall, ids: Message) -> None:
    """The ID is checked first: an identical device answers ``id_taken``."""
    if call.devices.get(IS, call.application_id, ids["device_id"]):
        raise definitions.ID_TAKEN(definitions.ALREADY_EXISTS())
    call.devices.check_euis_free(IS, ids, definitions.IS_EUIS_TAKEN)


def update(call: ApiCall) -> Message:
    """Neither server addresses nor EUIs are compared with anything; a time of activation is never cleared."""
    device, mask = read_device(call, "UpdateEndDeviceRequest", masks.IS_WRITE)
    call.require(WRITE)
    mask = [path for path in mask if path != "activated_at" or path in device]
    if fields.touches(mask, "claim_authentication_code"):
        check_code(device)
    record = _existing(call)
    _check_columns(device)
    write_code(record, device, mask)
    unchanged = {"claim_authentication_code", *({"lora_alliance_profile_ids"} - device.keys())}
    fields.copy_fields(record, device, [path for path in mask if path.partition(".")[0] not in unchanged])
    return shown(call.devices.put(IS, record), with_whole_code(mask))


def get(call: ApiCall) -> Message:
    mask = read_mask(call, masks.IS_READ)
    call.require(READ)
    return shown(_existing(call), with_whole_code(mask))


def shown(record: Message, mask: list[str]) -> Message:
    return fields.selection({**_NEVER_ABSENT, **record}, mask)


def delete(call: ApiCall) -> Message:
    check_identifiers(call)
    call.require(WRITE)
    if not call.devices.delete(IS, call.application_id, call.device_id):
        raise _not_found(call)
    return {}


def _existing(call: ApiCall) -> Message:
    record = call.devices.get(IS, call.application_id, call.device_id)
    if record is None:
        raise _not_found(call)
    return record


def _not_found(call: ApiCall) -> StackError:
    return definitions.END_DEVICE_NOT_FOUND(application_id=call.application_id, device_id=call.device_id)


def batch_get(call: ApiCall) -> Message:
    mask = read_list_mask(call, masks.IS_READ)
    device_ids = read_batch(call, "BatchGetEndDevicesRequest")
    call.require(READ)
    records = call.devices.of_application(IS, call.application_id)
    found = [shown(record, mask) for record in records if record["ids"]["device_id"] in device_ids]
    return {"end_devices": found} if found else {}


def batch_delete(call: ApiCall) -> Message:
    device_ids = read_batch(call, "BatchDeleteEndDevicesRequest")
    call.require(WRITE)
    call.devices.delete(IS, call.application_id, *device_ids)
    return {}


_DEVICES = "/applications/{application_id}/devices"
_DEVICE = _DEVICES + "/{device_id}"
ROUTES = (
    Route("GET", _DEVICES + "/batch", batch_get),
    Route("DELETE", _DEVICES + "/batch", batch_delete),
    Route("POST", _DEVICES, create),
    Route("GET", _DEVICE, get),
    Route("PUT", _DEVICE, update),
    Route("DELETE", _DEVICE, delete),
)
