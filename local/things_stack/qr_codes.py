"""QR Code Generator: what the QR code on a device says of it. No server is asked about that."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from local.things_stack import definitions, validation
from local.things_stack.call import ApiCall, Route
from local.things_stack.decoding import Message, Shape, decode
from local.things_stack.kinds import base64_bytes, text
from local.things_stack.validation import Broken, Rule, Rules, at_most, both, matches

_EUIS = "([0-9A-Fa-f]{16}){0}([0-9A-Fa-f]{16}){0}([0-9A-Fa-f]{8})"


class _Format(NamedTuple):
    """LoRa Alliance TR005 and its drafts: EUIs, profile, then fields distinguished by their first letter."""

    pattern: re.Pattern[str]
    separator: str
    fields: Mapping[str, str]


def _format(prefix: str, between: str, separator: str, code: str) -> _Format:
    pattern = re.compile(f"{prefix}{_EUIS.replace('{0}', between)}(?:{between}(.*))?")
    return _Format(pattern, separator, {code: "code", "S": "serial_number"})


_DEV_EUI = "dev_eui"
_FORMATS = {
    "tr005": _format("LW:D0:", ":", ":", "O"),
    "tr005draft2": _format("URN:LW:DP:", ":", "%", "V"),
    "tr005draft3": _format("URN:DEV:LW:", "_", "_", "V"),
}
_REQUEST: Shape = {"format_id": text, "qr_code": base64_bytes}


def from_to_1024_bytes(least: int) -> Rule:
    broken = Broken(f"value length must be between {least} and 1024 bytes, inclusive")
    return lambda value: None if least <= len(value or b"") <= 1024 else broken


_RULES: Rules = {
    "format_id": both(at_most(36), matches(f"{validation.ID_PATTERN}$|^")),
    "qr_code": from_to_1024_bytes(10),
}


def check(request: Message) -> None:
    validation.check("ParseEndDeviceQRCodeRequest", request, _RULES)


def read(qr_code: bytes, format_id: str = "") -> tuple[str, Message]:
    """Return the format of a QR code, and the device that it names: IDs, claim authentication code, profile, serial.

    Raises:
        StackError: no code of this format, or of any if none is given.
    """
    written = qr_code.decode(errors="replace")
    for name, known in _FORMATS.items():
        scanned = known.pattern.fullmatch(written) if format_id in ("", name) else None
        if scanned:
            return name, _device(scanned, known)
    if format_id in ("", _DEV_EUI) and re.fullmatch("[0-9A-Fa-f]{16}", written):
        return _DEV_EUI, {"ids": {"dev_eui": written.upper()}}
    raise (definitions.UNKNOWN_FORMAT if format_id not in (*_FORMATS, _DEV_EUI) else definitions.QR_CODE_FORMAT)()


def _device(scanned: re.Match[str], known: _Format) -> Message:
    extensions = scanned[4] or ""
    parts = (extensions.replace("%25", "%") if known.separator == "%" else extensions).split(known.separator)
    found = {known.fields[part[0]]: part[1:] for part in parts if part[1:] and part[0] in known.fields}
    numbers = {"vendor_id": int(scanned[3][:4], 16), "vendor_profile_id": int(scanned[3][4:], 16)}
    code, serial_number = found.get("code"), found.get("serial_number")
    return {
        "ids": {"dev_eui": scanned[2].upper(), "join_eui": scanned[1].upper()},
        "claim_authentication_code": {"value": code} if code else {},
        **({"serial_number": serial_number} if serial_number else {}),
        "lora_alliance_profile_ids": {name: number for name, number in numbers.items() if number},
    }


def parse(call: ApiCall) -> Message:
    """For anybody who sends a key, be it a valid one or not."""
    message = decode(call.body, _REQUEST)
    message = {**message, **({"format_id": call.parameters["format_id"]} if "format_id" in call.parameters else {})}
    check(message)
    if call.authorization is None:
        raise definitions.NO_KEY_SENT()
    format_id, device = read(message["qr_code"], message.get("format_id", ""))
    mask = ["ids.dev_eui"] if format_id == _DEV_EUI else ["ids", "claim_authentication_code"]
    return {"format_id": format_id, "end_device_template": {"end_device": device, "field_mask": {"paths": mask}}}


_CODES = "/qr-codes/end-devices"
ROUTES = (
    Route("POST", f"{_CODES}/parse", parse),
    Route("POST", f"{_CODES}/{{format_id}}/parse", parse),
)
