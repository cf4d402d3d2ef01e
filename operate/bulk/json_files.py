"""A JSON file ► its objects, one at a time: one object, several behind each other, or an array of them.

The list in an answer of The Things Stack's API is an array, too.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import field
from json import JSONDecodeError, JSONDecoder
from typing import Any, TextIO

from operate.bulk.files import Source, invalid_text, opened
from operate.errors import WrongInputError
from workflows.values import value

_READ_AT_ONCE = 1 << 16
# A device with its whole MAC state has some thousand characters, a payload formatter's script at most 40960.
_LONGEST = 1 << 20
_BETWEEN = re.compile(r"[\s\ufeff,]*")
_LIST_OF_ANSWER = re.compile(r'\{\s*"end_devices"\s*:\s*\[')


def _as_written(number: str) -> str:
    return number


# Numbers stay as the file has them, so that none is rounded.
_DECODER = JSONDecoder(parse_int=_as_written, parse_float=_as_written, parse_constant=_as_written)


@value
class JsonObject:
    """``number`` counts from 1; ``content`` may hold keys."""

    number: int
    content: Mapping[str, Any] = field(repr=False)


def read_objects(source: Source) -> Iterator[JsonObject]:
    """Read one object at a time; only that one is held in memory.

    Raises:
        WrongInputError: the file cannot be read, or is no JSON.
    """
    with opened(source) as file:
        scan = _Scan(file)
        try:
            for number, content in enumerate(scan.objects(), start=1):
                yield JsonObject(number, content)
        except _NoJsonError as error:
            raise WrongInputError(f"{source}, line {scan.line}: {error}.") from None
        except UnicodeError as error:
            raise invalid_text(source, scan.line, file) from error


class _NoJsonError(Exception):
    """Why a text is no JSON; it shows nothing of the text."""


class _Scan:
    """Reads a text in parts: ``_text`` is what was read and not yet used, from ``_at`` on."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._lines_before = 1

    @property
    def line(self) -> int:
        return self._lines_before + self._text.count("\n", 0, self._at)

    def objects(self) -> Iterator[dict[str, Any]]:
        """Yield the objects at the top and in arrays."""
        closing: list[str] = []
        while begins := self._next():
            if begins == "{" and self._skipped(_LIST_OF_ANSWER):
                closing += "}]"
            elif begins == "{":
                yield self._object()
            elif begins == "[":
                self._at += 1
                closing.append("]")
            elif [begins] == closing[-1:]:
                self._at += 1
                closing.pop()
            else:
                raise _NoJsonError("expected a device, an object in braces")
        if closing:
            raise _NoJsonError("the file ends before its list does: it is not whole")

    def _next(self) -> str:
        """Return the first character that is not between objects, and have read what follows; empty at the end."""
        self._skipped(_BETWEEN)
        while len(self._text) - self._at < _READ_AT_ONCE // 2 and self._read_more():
            self._skipped(_BETWEEN)
        return self._text[self._at : self._at + 1]

    def _skipped(self, pattern: re.Pattern[str]) -> bool:
        found = pattern.match(self._text, self._at)
        self._at = found.end() if found else self._at
        return found is not None

    def _object(self) -> dict[str, Any]:
        while True:
            try:
                content, self._at = _DECODER.raw_decode(self._text, self._at)
            except JSONDecodeError as error:
                if len(self._text) - self._at > _LONGEST or not self._read_more():
                    raise self._explained(error) from None
            except RecursionError:
                raise _NoJsonError("the objects in this device are too deep") from None
            else:
                return dict(content)

    def _explained(self, error: JSONDecodeError) -> _NoJsonError:
        begins = self.line
        self._at = error.pos
        return _NoJsonError(f"the device that begins on line {begins} is no valid JSON: {error.msg}")

    def _read_more(self) -> bool:
        """Read as much again as is held, so that long objects are not tried too often; false at the end."""
        self._lines_before = self.line
        rest = self._text[self._at :]
        more = self._file.read(max(_READ_AT_ONCE, len(rest)))
        self._text, self._at = rest + more, 0
        return more != ""
