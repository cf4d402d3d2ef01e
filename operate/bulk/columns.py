"""Columns of a CSV file: The Things Stack's names and the things' attributes, in any spelling.

Source: The Things Stack documentation, "CSV File Reference" (columns of its bulk import).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from operate.errors import WrongInputError
from workflows.domain.attributes import ATTRIBUTES
from workflows.domain.identifiers import is_eui, is_key

THING_NAME = "thingName"
_SESSION = "Thingsync registers devices that join, and cannot copy a session"
_BY_HAND = "Thingsync does not set it; register the device without it, and set it in The Things Stack"
# Column -> harmless values, and why any other is refused.
_REFUSED: Mapping[str, tuple[frozenset[str], str]] = {
    **dict.fromkeys(
        (
            "dev_addr",
            "app_s_key",
            "f_nwk_s_int_key",
            "s_nwk_s_int_key",
            "nwk_s_enc_key",
            "last_f_cnt_up",
            "last_n_f_cnt_down",
            "last_a_f_cnt_down",
        ),
        (frozenset(), _SESSION),
    ),
    "supports_class_c": (frozenset({"false", "0", "f"}), _BY_HAND),
    "supports_32_bit_f_cnt": (frozenset({"true", "1", "t"}), _BY_HAND),
    "rx1_delay": (frozenset(), _BY_HAND),
}


# Known columns that the import ignores.
_UNUSED = ("brand_id", "model_id", "hardware_version", "firmware_version", "band_id")


def _squeezed(name: str) -> str:
    return "".join(filter(str.isalnum, name.lower()))


_MEANINGS = {_squeezed(name): THING_NAME for name in (THING_NAME, "thing")} | {
    _squeezed(name): row.name for row in ATTRIBUTES for name in (row.name, row.column) if name
}
_REFUSALS = {_squeezed(name): refusal for name, refusal in _REFUSED.items() if _squeezed(name) not in _MEANINGS}
_KNOWN = {*_MEANINGS, *_REFUSALS, *map(_squeezed, _UNUSED)}


@dataclass(frozen=True, slots=True)
class RefusedColumn:
    """A column that must be empty or hold one of ``harmless``."""

    harmless: frozenset[str]
    reason: str

    def concerns(self, cell: str) -> bool:
        return cell != "" and cell.lower() not in self.harmless


@dataclass(frozen=True, slots=True)
class Columns:
    """``meanings`` and ``refusals`` by position; ``unused`` lists the ignored columns."""

    header: tuple[str, ...]
    meanings: Mapping[int, str]
    refusals: Mapping[int, RefusedColumn]
    unused: tuple[str, ...]

    def name_of(self, meaning: str) -> str:
        """Return the header's name for ``meaning``; ``meaning`` itself if there is no such column."""
        return next((self.header[at] for at, each in self.meanings.items() if each == meaning), meaning)


def columns_of(header: tuple[str, ...], *, ignored: tuple[str, ...] = ()) -> Columns:
    """Read the header without the ``ignored`` columns.

    Raises:
        WrongInputError: two columns mean the same, there is no DevEUI, or an ignored column is missing.
    """
    squeezed = {at: _squeezed(name) for at, name in enumerate(header) if name not in ignored}
    meanings = {at: _MEANINGS[name] for at, name in squeezed.items() if name in _MEANINGS}
    refusals = {at: RefusedColumn(*_REFUSALS[name]) for at, name in squeezed.items() if name in _REFUSALS}
    _refuse_no_header(header, meanings)
    _refuse_unclear(header, meanings)
    _refuse_absent(header, ignored)
    unused = tuple(
        _shown_name(at, name) for at, name in enumerate(header) if name and at not in meanings and at not in refusals
    )
    return Columns(header, meanings, refusals, unused)


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
    return name if _squeezed(name) in _KNOWN else f"column {at + 1}"


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
