"""What AWS IoT accepts in a thing's name and attributes, and how a value is brought into it. Pure.

Source: API_ThingAttribute and API_CreateThing in the AWS IoT API Reference. A thing with a type may have 50
attributes, and no device has more.
"""

import re
from collections.abc import Mapping

from operate.bulk.cells import FREE_TEXTS
from workflows.domain import labels
from workflows.domain.qr_code import in_final_spelling

_REFUSED_CHARACTER = re.compile(r"[^a-zA-Z0-9_.,@/:#=\[\]-]")
_LONGEST_VALUE = 800
_ATTRIBUTE_NAME = re.compile(r"[a-zA-Z0-9_.,@/:#-]{1,128}")
_TOO_LONG = f"must be at most {_LONGEST_VALUE} characters, the limit of AWS IoT for an attribute"
_REFUSED = "has a character that AWS IoT does not allow in an attribute (allowed: letters, digits and _.,@/:#=[]-)"
_OF_MODEL = ("hardwareVersion", "firmwareVersion")
_LEFT_OUT = "; leave it out: the model's newest is used then"
THING_NAMES = "must be 1 to 128 letters, digits, colons, dashes and underscores"


def is_attribute_name(text: str) -> bool:
    return _ATTRIBUTE_NAME.fullmatch(text) is not None


def as_aws_takes(attribute: str, text: str) -> tuple[str, bool]:
    """Return the text with characters that AWS IoT allows, where the meaning survives, and whether some were replaced.

    A QR code is first written as in TR005: a draft separates fields by %, which AWS IoT refuses. The characters that
    are still replaced are in fields that no registration needs.
    """
    if not _REFUSED_CHARACTER.search(text) or not _may_be_replaced(attribute):
        return text, False
    spelling = in_final_spelling(text) if attribute == "qrCode" else text
    if spelling is None:
        return text, False
    allowed = _REFUSED_CHARACTER.sub("_", spelling)
    return allowed, allowed != spelling


def _may_be_replaced(attribute: str) -> bool:
    return attribute in (*FREE_TEXTS, "qrCode") or labels.is_label(attribute)


def refused_by_aws(attributes: Mapping[str, str]) -> dict[str, str]:
    """Return attribute name -> what AWS IoT accepts, of those that it would refuse."""
    refused = [name for name, value in attributes.items() if _REFUSED_CHARACTER.search(value)]
    problems = {name: f"{_REFUSED}{_LEFT_OUT if name in _OF_MODEL else ''}" for name in refused}
    return problems | {name: _TOO_LONG for name, value in attributes.items() if len(value) > _LONGEST_VALUE}
