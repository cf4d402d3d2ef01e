"""A file of devices: what it is by its first bytes; a CSV file as spreadsheets write it ► its rows, one at a time."""

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import field
from io import BytesIO, TextIOWrapper
from pathlib import Path
from typing import BinaryIO, Literal, TextIO

from operate.bulk.cells import trimmed
from operate.errors import WrongInputError
from operate.safe_output import unquoted
from workflows.values import value

_BEGINNING = 1024
_AS_CSV = "Open it in a spreadsheet and save the sheet as CSV UTF-8."
_UNPACK = "Unpack it first."
_ZIP = b"PK\x03\x04"
# What the first entry of such an archive is named.
_ARCHIVES = (
    (b"[Content_Types].xml", f"is an Excel workbook (.xlsx). {_AS_CSV}"),
    (b"mimetype", f"is an OpenDocument spreadsheet (.ods). {_AS_CSV}"),
    (b"", f"is a zip archive or a spreadsheet. {_UNPACK}"),
)
_SIGNATURES = (
    (b"\xd0\xcf\x11\xe0", f"is an old Excel workbook (.xls). {_AS_CSV}"),
    (b"\x1f\x8b", f"is compressed (gzip). {_UNPACK}"),
    (b"BZh", f"is compressed (bzip2). {_UNPACK}"),
    (b"\xfd7zXZ", f"is compressed (xz). {_UNPACK}"),
    (b"\x28\xb5\x2f\xfd", f"is compressed (zstd). {_UNPACK}"),
    (b"%PDF", "is a PDF. Ask for the devices as a CSV file."),
)
_MARKUP = f"is XML or HTML, whatever its name says. {_AS_CSV}"

# UTF-32 comes first: its mark begins with that of UTF-16.
_BYTE_ORDER_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)


@value
class HeldInput:
    """The standard input, held in memory: it is read several times, and its keys must not get onto a disk."""

    content: bytes = field(repr=False)

    def open(self, _mode: Literal["rb"]) -> BinaryIO:
        return BytesIO(self.content)

    def __str__(self) -> str:
        return "The standard input"


Source = Path | HeldInput


@value
class TextKind:
    """How a file of devices is written, whatever its name says."""

    encoding: str
    is_json: bool


def kind_of(source: Source) -> TextKind:
    """Look at the beginning of a file.

    Raises:
        WrongInputError: the file cannot be read, or is neither CSV nor JSON.
    """
    try:
        with source.open("rb") as file:
            beginning = file.read(_BEGINNING)
    except OSError as error:
        raise WrongInputError(f"{source} cannot be read: {error.strerror}.") from error
    encoding = _encoding(beginning)
    if what := _named_by_bytes(beginning):
        raise WrongInputError(f"{source} {what}")
    if encoding is None:
        raise WrongInputError(f"{source} is not a text file. {_AS_CSV}")
    first = beginning.decode(encoding, errors="ignore").lstrip("\ufeff \t\r\n")[:1]
    if first == "<":
        raise WrongInputError(f"{source} {_MARKUP}")
    return TextKind(encoding, is_json=first in ("{", "["))


@contextmanager
def opened(source: Source) -> Iterator[TextIO]:
    """Open the text of a file, in its encoding.

    Raises:
        WrongInputError: it cannot be read, or is neither CSV nor JSON.
    """
    encoding = kind_of(source).encoding
    with source.open("rb") as binary, TextIOWrapper(binary, encoding=encoding, newline="") as file:
        yield file


def invalid_text(source: Source, line: int, file: TextIO) -> WrongInputError:
    """Say that the bytes of a file are not in its encoding."""
    name = "-".join(file.encoding.upper().split("-")[:2])
    return WrongInputError(f"{source}, line {line} or after: invalid {name}. Save it as CSV UTF-8.")


def _named_by_bytes(beginning: bytes) -> str | None:
    if beginning.startswith(_ZIP):
        return next(what for entry, what in _ARCHIVES if beginning[30:].startswith(entry))
    return next((what for signature, what in _SIGNATURES if beginning.startswith(signature)), None)


def _encoding(beginning: bytes) -> str | None:
    """Recognize UTF-16 without its mark by the positions of zero bytes; None if it is no text."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if beginning.startswith(mark):
            return encoding
    # Most characters of a header are ASCII. In UTF-16 one byte of each is zero, always the first or always the second.
    first, second = beginning[::2].count(0), beginning[1::2].count(0)
    if not first and not second:
        return "utf-8-sig"
    if max(first, second) * 4 < len(beginning) // 2 or min(first, second) * 4 > max(first, second):
        return None
    return "utf-16-be" if first > second else "utf-16-le"


_DELIMITERS = ";,\t"
# Excel reads and writes this line above the header; other spreadsheets add empty cells to it.
_SEPARATOR_LINE = re.compile(r'"?sep=(?P<separator>[^\w"\' ])"?(?P=separator)* *', re.IGNORECASE)
_QUOTED = re.compile(r'"[^"]*"')


@value
class CsvRow:
    """``line`` counts from 1, the header; the cells are trimmed and may hold keys."""

    line: int
    cells: tuple[str, ...] = field(repr=False)


def read_rows(source: Source) -> Iterator[CsvRow]:
    """Read the header and all rows that are not empty, one at a time.

    Raises:
        WrongInputError: the file cannot be read, or is no CSV file in UTF-8 or UTF-16.
    """
    begins = 1
    with opened(source) as file:
        try:
            delimiter, above = _delimiter(file)
            reader = csv.reader(file, delimiter=delimiter, strict=True, skipinitialspace=True)
            begins += above
            for cells in reader:
                texts = tuple(trimmed(unquoted(trimmed(cell))) for cell in cells)
                if any(texts):
                    yield CsvRow(begins, texts)
                begins = above + reader.line_num + 1
        except csv.Error as error:
            raise WrongInputError(
                f"{source}, line {begins}: {error}. Check for a quotation mark that is not closed."
            ) from error
        except UnicodeError as error:
            raise invalid_text(source, begins, file) from error


def _delimiter(file: TextIO) -> tuple[str, int]:
    """Return the delimiter, and how many lines above the header were read.

    Without a ``sep=`` line it is the most frequent one in the header. Semicolons win a tie: The Things Stack writes
    them.
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
