"""The claim authentication code that the Identity Server keeps with a device: no server compares it with anything."""

from local.things_stack import definitions
from local.things_stack.decoding import Message
from local.things_stack.fields import touches, value_at

_CODE = "claim_authentication_code"


def check_code(device: Message) -> None:
    """Raise if it is valid for a time that ends before it begins, or for a time without being there."""
    begin, end = (value_at(device, f"{_CODE}.{name}") for name in ("valid_from", "valid_to"))
    if begin and end and (end < begin or not value_at(device, f"{_CODE}.value")):
        raise definitions.CLAIM_AUTHENTICATION_CODE()


def write_code(record: Message, device: Message, mask: list[str]) -> None:
    """Write what is given of it, whichever part of it is masked; nothing at all clears it."""
    if not touches(mask, _CODE):
        return
    code = {**record.pop(_CODE, {}), **device[_CODE]} if _CODE in device else {}
    if "value" in code:
        record[_CODE] = code
    else:
        record.pop(_CODE, None)


def with_whole_code(mask: list[str]) -> list[str]:
    """A part of it is shown as all of it."""
    return [*mask, _CODE] if touches(mask, _CODE) else mask
