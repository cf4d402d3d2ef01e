"""The text of a LoRaWAN device's QR code."""

import re
from dataclasses import dataclass, field

from workflows.domain.identifiers import is_authentication_code

_HEADER = re.compile(r"LW:D0:([0-9A-F]{16}):([0-9A-F]{16}):[0-9A-F]{8}(?::(.*))?", re.IGNORECASE | re.DOTALL)
_OWNER_TOKEN = "O"


@dataclass(frozen=True, slots=True)
class QRCode:
    """``authentication_code`` is the owner token in upper case; None where the label carries none."""

    join_eui: str
    dev_eui: str
    authentication_code: str | None = field(repr=False)


def read_qr_code(text: str) -> QRCode | None:
    """Read ``text`` as scanned; None if it is no device's code.

    Source:
        LoRa Alliance TR005, LoRaWAN Device Identification QR Codes.
    """
    match = _HEADER.fullmatch(text)
    if match is None:
        return None
    token = _owner_token(match[3] or "")
    if token and not is_authentication_code(token):
        return None
    return QRCode(join_eui=match[1].upper(), dev_eui=match[2].upper(), authentication_code=token.upper() or None)


def _owner_token(extensions: str) -> str:
    """Return the first field marked O; fields come in any order, empty and unknown ones mean nothing."""
    tokens = (part[1:] for part in extensions.split(":") if part[:1].upper() == _OWNER_TOKEN)
    return next((token for token in tokens if token), "")
