"""A CSV file as spreadsheets write it ► its rows, one at a time, each with the line on which it begins."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from operate.bulk.cells import trimmed
from operate.bulk.kinds import encoding_of
from operate.errors import WrongInputError
from operate.writing import unquoted

_DELIMITERS = ";,\t"
# What Excel reads and writes above the header; saved again by another spreadsheet, all cells of that line are there.
_SEPARATOR_LINE = re.compile(r'"?sep=(?P<separator>[^\w"\' ])"?(?P=separator)* *', re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')


@dataclass(frozen=True, slots=True)
class Row:
    """``line`` counts from 1, the header's; cells are without what is around them, and may hold keys."""

    line: int
    cells: tuple[str, ...] = field(repr=False)


def rows(path: Path) -> Iterator[Row]:
    """Read the header and all rows but empty ones; only one row is held at a time.

    Raises:
        WrongInputError: there is no such file, or it is no CSV file in UTF-8 or UTF-16.
    """
    encoding = encoding_of(path)
    begins = 1
    with path.open(encoding=encoding, newline="") as file:
        try:
            delimiter, above = _delimiter(file)
            reader = csv.reader(file, delimiter=delimiter, strict=True, skipinitialspace=True)
            begins += above
            for cells in reader:
                texts = tuple(trimmed(unquoted(trimmed(cell))) for cell in cells)
                if any(texts):
                    yield Row(begins, texts)
                begins = above + reader.line_num + 1
        except csv.Error as error:
            raise WrongInputError(f"{path}, line {begins}: {error}. Is a quotation mark not closed?") from error
        except UnicodeError as error:
            name = "-".join(encoding.upper().split("-")[:2])
            raise WrongInputError(f"{path}, line {begins} or after: not {name}. Save it as CSV UTF-8.") from error


def _delimiter(file: TextIO) -> tuple[str, int]:
    """Return what separates the cells, and how many lines were read because they only say so.

    Without such a line it is what the header has most of; The Things Stack writes semicolons, so they come first.
    """
    lines = 0
    header = ""
    while not header.strip() and (line := file.readline()):
        header, lines = line, lines + 1
    if named := _SEPARATOR_LINE.fullmatch(header.rstrip("\r\n")):
        return named["separator"], lines
    file.seek(0)
    bare = _QUOTED.sub("", header)
    return max(_DELIMITERS, key=bare.count), 0
