"""What spreadsheets and people put around a value, read where its meaning is certain. Pure."""

import re
import unicodedata

from workflows.domain.attributes import ATTRIBUTES
from workflows.domain.identifiers import is_reference

FREE_TEXTS = tuple(row.name for row in ATTRIBUTES if row.form == "text")
# A blank is never part of these, and people write it between groups of digits.
_WITHOUT_BLANKS = tuple(row.name for row in ATTRIBUTES if row.form == "groups")
# How spreadsheets keep a text from becoming a number or a formula.
_TEXT_FORMULA = re.compile(r'="(.*)"', re.DOTALL)
_TEXT_MARK = "'"
_ASCII_BLANKS = "".join(char for char in map(chr, range(128)) if char.isspace())
_FORMULA_BEGINS = tuple("=+-@\t\r")
_ROUNDED = re.compile(r"(?=.*[.,+-])[0-9]+(?:[.,][0-9]+)?E[+-]?[0-9]+", re.IGNORECASE)


def trimmed(cell: str) -> str:
    """Return the text of a cell without what is around it: blanks, characters that nobody sees, and ``="…"``."""
    text = _without_edges(cell)
    if formula := _TEXT_FORMULA.fullmatch(text):
        text = _without_edges(formula[1].replace('""', '"'))
    return text


def as_meant(attribute: str, text: str) -> str:
    """Return what the text of a cell means as ``attribute``.

    A name or a description stays as it is: s-Hertogenbosch has an apostrophe, and a blank belongs to its words. Only
    what keeps a text from being a formula is taken off.
    """
    if attribute in FREE_TEXTS:
        return text.removeprefix(_TEXT_MARK) if text[1:].startswith(_FORMULA_BEGINS) else text
    visible = text if text.isascii() else "".join(char for char in text if not _is_invisible(char))
    text = _without_edges(visible, _TEXT_MARK)
    return "".join(text.split()) if attribute in _WITHOUT_BLANKS and not is_reference(text) else text


def looks_rounded(text: str) -> bool:
    """Tell whether a spreadsheet took digits for a number and left of it what ``1.12E+15`` says."""
    return _ROUNDED.fullmatch(text) is not None


def _without_edges(text: str, mark: str = "") -> str:
    """Strip blanks, characters that nobody sees, and ``mark``."""
    if text.isascii():  # as nearly all cells are
        return text.strip(_ASCII_BLANKS + mark)
    edges = {char for char in text if char.isspace() or _is_invisible(char)}
    return text.strip("".join(edges) + mark)


def _is_invisible(char: str) -> bool:
    """Tell a format character: a zero-width space, a byte order mark, a soft hyphen, a mark of direction."""
    return unicodedata.category(char) == "Cf"
