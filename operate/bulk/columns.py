"""Columns of a CSV file: The Things Stack's names and the things' attributes, in any spelling.

Source: The Things Stack documentation, "CSV File Reference" (columns of its bulk import).
"""

import re
from collections.abc import Mapping

from operate.errors import WrongInputError
from workflows.domain import labels
from workflows.domain.attributes import ATTRIBUTES
from workflows.domain.identifiers import is_eui, is_key
from workflows.values import value

THING_NAME = "thingName"
# Numbers that name a model in The Things Stack's files; a thing names its model by brandID and modelID.
_MODEL_NUMBERS = ("vendor_id", "vendor_profile_id")
_LABEL = re.compile(r"label\s*:\s*(?P<key>.+)", re.IGNORECASE)


def _squeezed(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


_PLAIN = tuple(row for row in ATTRIBUTES if row.name != labels.PREFIX)
_MEANINGS = {_squeezed(name): THING_NAME for name in (THING_NAME, "thing")} | {
    _squeezed(name): row.name for row in _PLAIN for name in (row.name, row.column) if name
}
_NUMBERS = tuple(map(_squeezed, _MODEL_NUMBERS))


def meaning_of(name: str) -> str:
    """Return what a column of this name holds: an attribute, or the thing's name; empty if that is not known."""
    label = _LABEL.fullmatch(name)
    return f"{labels.PREFIX}{label['key']}" if label else _MEANINGS.get(_squeezed(name), "")


@value
class Columns:
    """``meanings`` by position; ``unused`` lists the ignored columns.

    ``model_numbers`` are the positions of those that name a model by numbers.
    """

    header: tuple[str, ...]
    meanings: Mapping[int, str]
    unused: tuple[str, ...]
    model_numbers: tuple[int, ...] = ()

    def name_of(self, meaning: str) -> str:
        """Return the header's name for ``meaning``; ``meaning`` itself if there is no such column."""
        return next((self.header[at] for at, each in self.meanings.items() if each == meaning), meaning)


def columns_of(header: tuple[str, ...], *, ignored: tuple[str, ...] = ()) -> Columns:
    """Read the header without the ``ignored`` columns.

    Raises:
        WrongInputError: two columns mean the same, there is no DevEUI, or an ignored column is missing.
    """
    used = {at: name for at, name in enumerate(header) if name not in ignored}
    meanings = {at: meaning for at, name in used.items() if (meaning := meaning_of(name))}
    _refuse_no_header(header, meanings)
    _refuse_unclear(header, meanings)
    _refuse_absent(header, ignored)
    unused = tuple(_shown_name(at, name) for at, name in enumerate(header) if name and at not in meanings)
    numbers = tuple(at for at, name in used.items() if _squeezed(name) in _NUMBERS)
    return Columns(header, meanings, unused, numbers)


def _refuse_no_header(header: tuple[str, ...], meanings: Mapping[int, str]) -> None:
    """Refuse a first line that is no header. The error does not show it: it may hold a key."""
    if "devEUI" not in meanings.values():
        why = "has no column dev_eui (devEUI)"
    elif any(is_eui(name) or is_key(name) for name in header):
        why = "contains an EUI or a key"
    else:
        return
    raise WrongInputError(
        f"The first line {why}. It must name the columns, separated by semicolons, commas or tabs; "
        f"it has {len(header)} cells."
    )


def _shown_name(at: int, name: str) -> str:
    """Return the name of a known column, else its position: an unknown name may be a key."""
    return name if meaning_of(name) or _squeezed(name) in _NUMBERS else f"column {at + 1}"


def _refuse_absent(header: tuple[str, ...], ignored: tuple[str, ...]) -> None:
    absent = [name for name in ignored if name not in header]
    if absent:
        there = ", ".join(_shown_name(at, name) for at, name in enumerate(header))
        raise WrongInputError(f"There is no column {', '.join(absent)} to ignore. The columns are: {there}.")


def _refuse_unclear(header: tuple[str, ...], meanings: Mapping[int, str]) -> None:
    for meaning in meanings.values():
        names = [header[at] for at, each in meanings.items() if each == meaning]
        if len(names) > 1:
            raise WrongInputError(
                f"The columns {' and '.join(names)} both mean {meaning}: remove one, or --ignore one."
            )
