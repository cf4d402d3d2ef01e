"""The attributes of a thing become well-formed values; what is malformed is reported in words its user knows.

One attribute at a time; ``workflows.domain.thing`` finds what is wrong between attributes.
"""

from collections.abc import Mapping
from typing import Any

from workflows.domain import labels
from workflows.domain.activation import missing
from workflows.domain.attribute import Attribute
from workflows.domain.attributes import ROWS
from workflows.domain.qr_code import QRCode
from workflows.domain.thing import ExaminedThing, WellFormed, contradictions, thing_of


def examine(attributes: Mapping[str, str], thing_name: str = "") -> ExaminedThing:
    """Read ``attributes`` whole, so that a refusal can list every problem at once."""
    examined, _ = examine_and_spell(attributes, thing_name)
    return examined


def examine_and_spell(attributes: Mapping[str, str], thing_name: str = "") -> tuple[ExaminedThing, dict[str, str]]:
    """Return as well those of ``attributes`` that are well-formed, each as a text in one spelling.

    EUIs, keys and codes are in upper case, versions by The Things Stack's names. What a thing does not spell as The
    Things Stack does, stays as it was written.
    """
    malformed, read = _read(attributes)
    spelled = {name: _spelling(ROWS[name], attributes[name], value) for name, value in read.items()}
    qr_code, of_labels = read.pop("qrCode", None), _labels(attributes, malformed)
    given = frozenset(attributes)
    values = WellFormed(
        spelled={**read, **({labels.PREFIX: of_labels} if of_labels else {})},
        qr_code=qr_code if isinstance(qr_code, QRCode) else None,
        thing_name=thing_name,
    )
    examined = ExaminedThing(
        thing=thing_of(values),
        problems={**contradictions(given, values), **malformed},
        missing=missing(given, values.spelled),
    )
    return examined, spelled | {f"{labels.PREFIX}{key}": text for key, text in of_labels.items()}


def _read(attributes: Mapping[str, str]) -> tuple[dict[str, str], dict[str, Any]]:
    """Return what is wrong with attributes, and what the others say, by the order of the table."""
    malformed: dict[str, str] = {}
    read: dict[str, Any] = {}
    for name in (each for each in ROWS if each in attributes):
        row, written = ROWS[name], attributes[name]
        text = written if isinstance(written, str) else ""
        value = row.read(text)
        if value is None:
            malformed[name] = row.problem_with(text)
        else:
            read[name] = value
    return malformed, read


def _spelling(row: Attribute, text: str, read: object) -> str:
    """Return The Things Stack's spelling where a thing may have that, too."""
    return read if isinstance(read, str) and (read == text or row.read(read) == read) else text


def _labels(attributes: Mapping[str, str], malformed: dict[str, str]) -> dict[str, str]:
    """Return the labels by their keys; add the ``malformed`` ones."""
    given = {name: text for name, text in sorted(attributes.items()) if labels.is_label(name)}
    malformed |= {name: labels.ACCEPTED for name, text in given.items() if not labels.is_well_formed(name, text)}
    malformed |= dict.fromkeys([name for name in given if name not in malformed][labels.AT_MOST :], labels.TOO_MANY)
    return {name.removeprefix(labels.PREFIX): text for name, text in given.items() if name not in malformed}
