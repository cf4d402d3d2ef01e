"""Make texts from outside safe for terminals and spreadsheets.

Names, attributes, error texts and file names come from devices, their users, other programs and other people's files.
"""

import csv
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO
from unicodedata import category

from operate.errors import WrongInputError

# Control and format characters, surrogates, private and unassigned characters, and both separators.
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def visible(text: str) -> str:
    r"""Write out each character that a terminal would obey instead of showing: ``\x1b``, ``\x0a``, ``\u202e``."""
    if text.isprintable():
        return text
    return "".join(_escaped(each) if category(each) in _HIDDEN else each for each in text)


def _escaped(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


# A spreadsheet computes a cell that begins with one of these, also after blanks or in full width.
# Source: OWASP, "CSV Injection".
_FORMULA = r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]"
# A text's own quote gets a second one, so that removing one quote always restores the text.
_ACTIVE = re.compile(f"{_FORMULA}|'")
_QUOTED = re.compile(f"'(?={_ACTIVE.pattern})")


def quoted(text: str) -> str:
    """Put ``'`` before a text that a spreadsheet would compute."""
    return f"'{text}" if _ACTIVE.match(text) else text


def unquoted(cell: str) -> str:
    """Reverse ``quoted``; return any other cell unchanged."""
    return _QUOTED.sub("", cell, count=1) if _QUOTED.match(cell) else cell


def write_table(file: TextIO, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> int:
    """Write ``rows`` below ``columns``, safe for spreadsheets and terminals; return how many."""
    writer = csv.DictWriter(file, columns, lineterminator="\n")
    writer.writeheader()
    count = 0
    for row in rows:
        writer.writerow({name: _cell(value) for name, value in row.items()})
        count += 1
    return count


def _cell(value: object) -> str:
    return visible(quoted(value)) if isinstance(value, str) else "" if value is None else str(value)


@contextmanager
def open_output(path: Path | None) -> Iterator[TextIO]:
    """Open ``path`` or, without one, the standard output; raise ``WrongInputError`` if it cannot be written."""
    if path is None:
        yield sys.stdout
        return
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            yield file
    except OSError as error:
        raise WrongInputError(f"{path} cannot be written: {error.strerror}.") from error
