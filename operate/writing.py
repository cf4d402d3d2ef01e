"""Tables for spreadsheets: files that the operator named, and the standard output."""

import csv
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from operate.errors import WrongInputError
from operate.visible import visible

# With these a spreadsheet takes a cell for a formula and computes it, be they ever so wide, blanks before them or not.
# Source: OWASP, "CSV Injection".
_FORMULA = r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]"
# A quote that is the text's own gets another, so that taking one away always gives the text back.
_ACTIVE = re.compile(f"{_FORMULA}|'")
_QUOTED = re.compile(f"'(?={_ACTIVE.pattern})")


def quoted(text: str) -> str:
    """Put ``'`` before a text that a spreadsheet would compute."""
    return f"'{text}" if _ACTIVE.match(text) else text


def unquoted(cell: str) -> str:
    """Return the text that ``quoted`` was given, and any other cell as it is."""
    return _QUOTED.sub("", cell, count=1) if _QUOTED.match(cell) else cell


def write_table(file: TextIO, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> int:
    """Write ``rows`` below ``columns`` for spreadsheets and terminals, in which no cell does anything; count them."""
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
def to_write(path: Path | None) -> Iterator[TextIO]:
    """Open ``path`` for a table, without one the standard output; raise ``WrongInputError`` if it cannot be written."""
    if path is None:
        yield sys.stdout
        return
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            yield file
    except OSError as error:
        raise WrongInputError(f"{path} cannot be written: {error.strerror}.") from error
