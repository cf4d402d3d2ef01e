"""A request that carries a device: read, put under the IDs of its path, checked; in the servers' order."""

from local.things_stack import fields, validation
from local.things_stack.call import Call
from local.things_stack.decoding import Message, decode
from local.things_stack.device import DEVICE_REQUEST


def read_device(call: Call, request: str, writable: set[str] | None = None) -> tuple[Message, list[str]]:
    """Return the device and the field mask of a request, named for its error messages.

    A request without ``writable`` fields takes no mask and the device whole.

    Raises:
        GatewayError: not the JSON of such a request.
        StackError: a forbidden path in the mask, or a value that breaks a rule of its field.
    """
    message = decode(call.body, DEVICE_REQUEST)
    if "end_device" not in message:
        raise validation.invalid(request, "end_device", "value is required")
    device: Message = message["end_device"]
    ids = device.setdefault("ids", {})
    ids["application_ids"] = {"application_id": call.application_id}
    ids["device_id"] = call.parameters.get("device_id", ids.get("device_id", ""))
    mask: list[str] = [] if writable is None else message.get("field_mask", [])
    if writable is not None:
        fields.check_mask(mask, writable)
        fields.check_unmasked_parts(mask, device, writable)
    validation.check_end_device(request, device, mask)
    return device, mask


def read_mask(call: Call, readable: set[str]) -> list[str]:
    """Return the field mask of a GET."""
    mask = call.query_mask()
    fields.check_mask(mask, readable)
    return mask


def read_batch(call: Call, request: str) -> list[str]:
    """Return the device IDs that a batch call names."""
    device_ids = call.listed("device_ids")
    validation.check_batch(request, "device_ids", device_ids)
    validation.check_ids(request, **{f"device_ids[{place}]": name for place, name in enumerate(device_ids)})
    return device_ids
