"""A request about devices: read, put under the IDs of its path, checked; in the servers' order."""

from local.things_stack import fields, validation
from local.things_stack.call import ApiCall
from local.things_stack.decoding import Message, Shape, decode
from local.things_stack.device import END_DEVICE
from local.things_stack.device_rules import END_DEVICE_RULES
from local.things_stack.kinds import base64_bytes, paths
from local.things_stack.mac_settings import MASKED_SETTINGS, plain_paths

_ALWAYS = ["ids.application_ids", "ids.device_id"]
_MASKED: Shape = {**END_DEVICE, "mac_settings": MASKED_SETTINGS}
_EUI_BYTES = {"dev_eui": 8, "join_eui": 8, "dev_addr": 4}


def read_device(call: ApiCall, request: str, writable: set[str] | None = None) -> tuple[Message, list[str]]:
    """Return the device and the field mask of a request, named for its error messages.

    A request without ``writable`` fields takes no mask and the device whole, as one with an empty mask is checked.

    Raises:
        GatewayError: not the JSON of such a request.
        StackError: a forbidden path in the mask, or a value that breaks a rule of its field.
    """
    message = decode(call.body, {"end_device": END_DEVICE, **({} if writable is None else {"field_mask": paths})})
    device: Message = message.get("end_device", {})
    ids = device.setdefault("ids", {})
    ids["application_ids"] = {"application_id": call.application_id}
    ids["device_id"] = call.parameters.get("device_id", ids.get("device_id", ""))
    mask: list[str] = []
    if writable is not None:
        mask = checked_mask(message.get("field_mask", []), writable)
        fields.check_unmasked_parts(mask, device, writable, END_DEVICE)
    checked = [*mask, *_ALWAYS] if mask else None
    validation.check(request, device, END_DEVICE_RULES, path=("end_device",), mask=checked)
    return device, mask


def read_mask(call: ApiCall, readable: set[str]) -> list[str]:
    """Return the field mask of a GET of one device, whose IDs are checked, too."""
    mask = read_list_mask(call, readable)
    validation.check_ids("GetEndDeviceRequest", {f"end_device_ids.{path}": given for path, given in _ids(call).items()})
    return mask


def read_list_mask(call: ApiCall, readable: set[str]) -> list[str]:
    return checked_mask(call.query_mask(), readable)


def checked_mask(mask: list[str], allowed: set[str]) -> list[str]:
    """Return the mask as JSON has the fields, if a call takes all of its paths."""
    fields.check_mask(mask, allowed, _MASKED)
    return plain_paths(mask)


def check_identifiers(call: ApiCall) -> None:
    """Check a request that is nothing but a device's IDs; its query may give EUIs, as base64, which do not count."""
    validation.check_ids("EndDeviceIdentifiers", _ids(call))
    for name, length in _EUI_BYTES.items():
        if name in call.query and len(base64_bytes(call.query[name], name) or b"") not in (0, length):
            reason = validation.Broken(f"value length must be {length} bytes")
            raise validation.invalid("EndDeviceIdentifiers", (name,), reason)


def _ids(call: ApiCall) -> dict[str, str]:
    return {"device_id": call.device_id, "application_ids.application_id": call.application_id}


def read_batch(call: ApiCall, request: str) -> list[str]:
    """Return the device IDs that a batch call names."""
    device_ids = call.query.getall("device_ids", [])
    validation.check_batch(request, call.application_id, device_ids)
    return device_ids
