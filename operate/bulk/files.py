"""A CSV file as spreadsheets write it ► its rows, one at a time, each with the line on which it begins."""

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from operate.errors import WrongInputError
from operate.writing import unquoted

_DELIMITERS = ";,\t"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Row:
    """``line`` counts from 1, the header's; cells are without white space around them, and may hold keys."""

    line: int
    cells: tuple[str, ...] = field(repr=False)


def rows(path: Path) -> Iterator[Row]:
    """Read the header and all rows but empty ones; only one row is held at a time.

    Raises:
        WrongInputError: there is no such file, or it is no CSV file in UTF-8 or UTF-16.
    """
    with _opened(path) as file:
        reader = csv.reader(file, delimiter=_delimiter(file), strict=True)
        begins = 1
        try:
            for cells in reader:
                texts = tuple(unquoted(cell.strip()).strip() for cell in cells)
                if any(texts):
                    yield Row(begins, texts)
                begins = reader.line_num + 1
        except csv.Error as error:
            raise WrongInputError(f"{path}, line {begins}: {error}. Is a quotation mark not closed?") from error
        except UnicodeError as error:
            raise WrongInputError(f"{path}, line {begins} or after: not UTF-8. Save it as CSV UTF-8.") from error


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    try:
        with path.open("rb") as file:
            encoding = "utf-16" if file.read(2) in _UTF_16 else "utf-8-sig"
    except OSError as error:
        raise WrongInputError(f"{path} cannot be read: {error.strerror}.") from error
    with path.open(encoding=encoding, newline="") as file:
        yield file


def _delimiter(file: TextIO) -> str:
    """Return what the header has most of; The Things Stack writes semicolons, so they come first."""
    try:
        header = file.readline()
    except UnicodeError:
        header = ""
    file.seek(0)
    return max(_DELIMITERS, key=header.count)
