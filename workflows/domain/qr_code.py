"""The text of a LoRaWAN device's QR code: by TR005, or by its drafts, which labels of older devices have.

Source:
    LoRa Alliance TR005, LoRaWAN Device Identification QR Codes. The drafts as The Things Stack reads them
    (lorawan-stack pkg/qrcodegenerator/qrcode/enddevices). Letter case makes no difference here; it does there.
"""

import re
from collections.abc import Iterator
from dataclasses import field

from workflows.domain.identifiers import is_authentication_code
from workflows.values import value

_EUI = "([0-9A-F]{16})"
_PROFILE = "([0-9A-F]{8})"


@value
class _Format:
    """``values``: the legal values of a draft's fields. ``code``: the mark of the field with the owner's code."""

    header: re.Pattern[str]
    separator: str
    code: str
    values: re.Pattern[str]


def _format(header: str, *, separator: str, code: str, values: str) -> _Format:
    return _Format(re.compile(header, re.I | re.S | re.A), separator, code, re.compile(values, re.I | re.S | re.A))


_FORMATS = (
    _format(f"LW:D0:{_EUI}:{_EUI}:{_PROFILE}(?::(.*))?", separator=":", code="O", values=".*"),
    _format(f"URN:LW:DP:{_EUI}:{_EUI}:{_PROFILE}(?::(.*))?", separator="%", code="V", values=r"[0-9A-Z$*+./-]*"),
    _format(f"URN:DEV:LW:{_EUI}_{_EUI}_{_PROFILE}(?:_(.*))?", separator="_", code="V", values="[0-9A-Z]*"),
)
_SERIAL_NUMBER, _PROPRIETARY = "S", "P"


@value
class QRCode:
    """``authentication_code`` is the owner token in upper case; None if the label has none.

    ``profile``: the numbers of vendor and profile; None if one of them is zero: then the label has none.
    """

    join_eui: str
    dev_eui: str
    authentication_code: str | None = field(repr=False)
    profile: tuple[int, int] | None = None


@value
class _Label:
    join_eui: str
    dev_eui: str
    profile: str
    code: str = field(repr=False)
    serial_number: str
    proprietary: str


def read_qr_code(text: str) -> QRCode | None:
    """Read the scanned ``text``; None if it is no QR code of a device."""
    label = _label(text)
    if label is None:
        return None
    return QRCode(label.join_eui, label.dev_eui, label.code.upper() or None, _profile_of(label.profile))


def _profile_of(digits: str) -> tuple[int, int] | None:
    vendor_id, profile_id = int(digits[:4], 16), int(digits[4:], 16)
    return (vendor_id, profile_id) if vendor_id and profile_id else None


def in_final_spelling(text: str) -> str | None:
    """Return a QR code of any draft in the spelling of TR005, without meaningless fields; None if it is none."""
    label = _label(text)
    if label is None:
        return None
    fields = {"O": label.code.upper(), _SERIAL_NUMBER: label.serial_number, _PROPRIETARY: label.proprietary}
    header = f"LW:D0:{label.join_eui}:{label.dev_eui}:{label.profile}"
    return ":".join([header, *(f"{mark}{value}" for mark, value in fields.items() if value)])


def _label(text: str) -> _Label | None:
    for each in _FORMATS:
        if match := each.header.fullmatch(text):
            return _label_of(each, match)
    return None


def _label_of(form: _Format, match: re.Match[str]) -> _Label | None:
    fields = dict(_fields(form, match[4] or ""))
    code, serial, proprietary = (fields.get(mark, "") for mark in (form.code, _SERIAL_NUMBER, _PROPRIETARY))
    if code and not is_authentication_code(code):
        return None
    if not (form.values.fullmatch(serial) and form.values.fullmatch(proprietary)):
        return None
    return _Label(match[1].upper(), match[2].upper(), match[3].upper(), code, serial, proprietary)


def _fields(form: _Format, extensions: str) -> Iterator[tuple[str, str]]:
    """Yield mark and value of each field that is not empty. Fields come in any order; the last of a kind counts."""
    if form.separator == "%":
        extensions = extensions.replace("%25", "%")
    for part in extensions.split(form.separator):
        if len(part) > 1:
            yield part[0].upper(), part[1:]
