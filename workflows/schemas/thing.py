"""The attributes of a thing become well-formed values; what is malformed is reported in words its user knows.

One attribute at a time; ``workflows.domain.thing`` finds what is wrong between attributes.
"""

from collections.abc import Mapping

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from workflows.domain import labels
from workflows.domain.activation import missing
from workflows.domain.attribute import Attribute, Value
from workflows.domain.attributes import ATTRIBUTES
from workflows.domain.qr_code import QRCode
from workflows.domain.thing import ExaminedThing, WellFormed, contradictions, thing_of


class Spelled(fields.Field[Value | QRCode]):
    """A text that the attribute's ``read`` brings into one spelling."""

    def __init__(self, row: Attribute) -> None:
        super().__init__()
        self._row = row

    def _deserialize(
        self, value: object, attr: str | None, data: Mapping[str, object] | None, **_: object
    ) -> Value | QRCode:
        text = value if isinstance(value, str) else ""
        read = self._row.read(text)
        if read is None:
            raise ValidationError(self._row.problem_with(text))
        return read


_Attributes = Schema.from_dict({row.name: Spelled(row) for row in ATTRIBUTES}, name="AttributesSchema")
_SCHEMA = _Attributes(unknown=EXCLUDE)


def examine(attributes: Mapping[str, str], thing_name: str = "") -> ExaminedThing:
    """Read ``attributes`` whole, so that a refusal can list every problem at once."""
    examined, _ = examine_and_spell(attributes, thing_name)
    return examined


def examine_and_spell(attributes: Mapping[str, str], thing_name: str = "") -> tuple[ExaminedThing, dict[str, str]]:
    """Return as well those of ``attributes`` that are well-formed, each as a text in one spelling.

    EUIs, keys and codes are in upper case, versions by The Things Stack's names. What a thing does not spell as The
    Things Stack does, stays as it was written.
    """
    malformed, values = _load(attributes, thing_name)
    given = frozenset(attributes)
    examined = ExaminedThing(
        thing=thing_of(values),
        problems={**contradictions(given, values), **malformed},
        missing=missing(given, values.spelled),
    )
    well_formed = [row for row in ATTRIBUTES if row.name in values.spelled or (row.name == "qrCode" and values.qr_code)]
    spelled = {row.name: _spelling(row, attributes[row.name]) for row in well_formed if row.name in attributes}
    keys = values.spelled.get(labels.PREFIX)
    of_labels = {f"{labels.PREFIX}{key}": text for key, text in keys.items()} if isinstance(keys, Mapping) else {}
    return examined, spelled | of_labels


def _spelling(row: Attribute, text: str) -> str:
    """Return The Things Stack's spelling where a thing may have that, too."""
    read = row.read(text)
    return read if isinstance(read, str) and row.read(read) == read else text


def _load(attributes: Mapping[str, str], thing_name: str) -> tuple[dict[str, str], WellFormed]:
    malformed: dict[str, str] = {}
    try:
        loaded = _SCHEMA.load(attributes)
    except ValidationError as error:
        malformed = {name: texts[0] for name, texts in error.messages_dict.items()}
        loaded = error.valid_data
    qr_code = loaded.pop("qrCode", None)
    loaded |= _labels(attributes, malformed)
    return malformed, WellFormed(spelled=loaded, qr_code=qr_code, thing_name=thing_name)


def _labels(attributes: Mapping[str, str], malformed: dict[str, str]) -> dict[str, Mapping[str, str]]:
    """Read the labels as one value, by the name of their row; add the ``malformed`` ones."""
    given = {name: text for name, text in sorted(attributes.items()) if labels.is_label(name)}
    malformed |= {name: labels.ACCEPTED for name, text in given.items() if not labels.is_well_formed(name, text)}
    malformed |= dict.fromkeys([name for name in given if name not in malformed][labels.AT_MOST :], labels.TOO_MANY)
    read = {name.removeprefix(labels.PREFIX): text for name, text in given.items() if name not in malformed}
    return {labels.PREFIX: read} if read else {}
