"""Remove what spreadsheets and people put around a value, where the meaning is certain. Pure."""

import re
import unicodedata

from workflows.domain.attributes import ATTRIBUTES, CODES
from workflows.domain.identifiers import is_reference

FREE_TEXTS = tuple(row.name for row in ATTRIBUTES if row.form == "text")
# These never contain blanks, but people write blanks between groups of digits.
_WITHOUT_BLANKS = tuple(row.name for row in ATTRIBUTES if row.form == "groups")
_HEX = tuple(row for row in ATTRIBUTES if row.form == "groups" and row.name not in CODES)
_READERS = {row.name: row.read for row in _HEX}
# As labels print hex digits: A8-40-41-…, A840:4100:…
_SEPARATED = re.compile("|".join(f"[0-9A-Fa-f]{{{n}}}(?:[-:.][0-9A-Fa-f]{{{n}}})+" for n in (2, 4, 8)))
_MOST_ZEROS = 15
# Spreadsheets mark a text like this, so that it does not become a number or a formula.
_TEXT_FORMULA = re.compile(r'="(.*)"', re.DOTALL)
_TEXT_MARK = "'"
_ASCII_BLANKS = "".join(char for char in map(chr, range(128)) if char.isspace())
_FORMULA_BEGINS = tuple("=+-@\t\r")
_ROUNDED = re.compile(r"(?=.*[.,+-])[0-9]+(?:[.,][0-9]+)?E[+-]?[0-9]+", re.IGNORECASE)


def trimmed(cell: str) -> str:
    """Return the text of a cell without surrounding blanks, invisible characters and ``="…"``."""
    text = _without_edges(cell)
    if formula := _TEXT_FORMULA.fullmatch(text):
        text = _without_edges(formula[1].replace('""', '"'))
    return text


def as_meant(attribute: str, text: str) -> str:
    """Return the value of ``attribute`` that a cell means.

    Names and descriptions keep apostrophes ('s-Hertogenbosch) and blanks; only a mark against formulas is removed.
    """
    if attribute in FREE_TEXTS:
        return text.removeprefix(_TEXT_MARK) if text[1:].startswith(_FORMULA_BEGINS) else text
    visible = text if text.isascii() else "".join(char for char in text if not _is_invisible(char))
    text = _without_edges(visible, _TEXT_MARK)
    if attribute not in _WITHOUT_BLANKS or is_reference(text):
        return text
    joined = "".join(text.split())
    return _digits(attribute, joined) if _SEPARATED.fullmatch(joined) else joined


def _digits(attribute: str, separated: str) -> str:
    """Take the separators out of what is whole: an EUI, a key or an address."""
    digits = "".join(filter(str.isalnum, separated))
    is_whole = attribute in _READERS and _READERS[attribute](digits) is not None
    return digits if is_whole else separated


def looks_rounded(text: str) -> bool:
    """Return whether a spreadsheet rounded digits to a number such as ``1.12E+15``."""
    return _ROUNDED.fullmatch(text) is not None


def looks_cut(attribute: str, text: str) -> bool:
    """Return whether a spreadsheet may have taken hex digits for a number, and left out the zeros before it."""
    if attribute not in _READERS or not (text.isascii() and text.isdecimal()):
        return False
    return any(_READERS[attribute]("0" * zeros + text) is not None for zeros in range(1, _MOST_ZEROS + 1))


def _without_edges(text: str, mark: str = "") -> str:
    """Strip blanks, invisible characters and ``mark``."""
    if text.isascii():  # as nearly all cells are
        return text.strip(_ASCII_BLANKS + mark)
    edges = {char for char in text if char.isspace() or _is_invisible(char)}
    return text.strip("".join(edges) + mark)


def _is_invisible(char: str) -> bool:
    """Return whether it is a format character: a zero-width space, byte order mark, soft hyphen or direction mark."""
    return unicodedata.category(char) == "Cf"
