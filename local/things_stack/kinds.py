"""How the value of each kind of field is read; for zero the answer is None, as zero is never written.

``null`` is zero to some kinds, and malformed to numbers, flags and names.
"""

import base64
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal

from local.things_stack.decoding import Decoder, Json, Message, Shape, decode, decode_field, malformed
from local.things_stack.errors import GatewayError

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z")
_OFFSET_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?)(Z|[+-]\d\d:\d\d)")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")


def text(value: Json, path: str) -> str | None:
    if not isinstance(value, str | None):
        raise malformed(path, "expected a string")
    return value or None


def flag(value: Json, path: str) -> bool | None:
    if not isinstance(value, bool):
        raise malformed(path, "expected true or false")
    return value or None


def held(kind: Decoder, zero: Json) -> Decoder:
    """A value of which zero differs from absent."""
    return lambda value, path: None if value is None else kind(value, path) or zero


def wrapped(kind: Decoder, zero: Json) -> Decoder:
    """Such a value that may be written as ``{"value": 1}``, too."""

    def decode_wrapped(value: Json, path: str) -> Json:
        is_wrapped = isinstance(value, dict) and value.keys() == {"value"}
        return kind(value["value"], path) or zero if is_wrapped else held(kind, zero)(value, path)

    return decode_wrapped


def whole(lowest: int, highest: int) -> Decoder:
    """A number whose decimals do not count, and which is zero where it is too large; digits are judged strictly."""
    digits = re.compile(r"[+-]?\d+" if lowest else r"\d+", re.ASCII)

    def decode_whole(value: Json, path: str) -> int | None:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise malformed(path, "expected a number")
        if isinstance(value, str) and not digits.fullmatch(value):
            raise malformed(path, "expected a whole number")
        number = int(value)
        if lowest <= number <= highest:
            return number or None
        if isinstance(value, str):
            raise malformed(path, "out of range")
        return None

    return decode_whole


whole_32 = whole(-(2**31), 2**31 - 1)
unsigned = whole(0, 2**32 - 1)
_unsigned_64 = whole(0, 2**64 - 1)


def unsigned_64(value: Json, path: str) -> str | None:
    """64-bit numbers go out as strings."""
    number = _unsigned_64(value, path)
    return str(number) if number else None


def strict_unsigned(value: Json, path: str) -> int | None:
    """A number of 32 bits in a message that The Things Stack reads by the rules of others."""
    if value is None:
        return None
    written = "" if isinstance(value, bool) else str(value)
    number = Decimal(written) if _NUMBER.fullmatch(written) else Decimal(-1)
    if not 0 <= number < 2**32 or number % 1:
        raise malformed(path, "expected an unsigned number")
    return int(number) or None


def decimal(value: Json, path: str) -> float | None:
    """Text that is a number passes."""
    try:
        number = float(value) if isinstance(value, str) else value
    except ValueError as exc:
        raise malformed(path, "expected a number") from exc
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise malformed(path, "expected a number")
    return number or None


def timestamp(value: Json, path: str) -> str | None:
    if value is not None:
        _date(value, path, _TIMESTAMP, "expected a UTC time that ends in Z")
    written: str | None = value
    return written


def offset_timestamp(value: Json, path: str) -> str | None:
    """A time in a message that The Things Stack reads by the rules of others; stored as UTC."""
    if value is None:
        return None
    time = _date(value, path, _OFFSET_TIMESTAMP, "expected a time")
    return time.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _date(value: Json, path: str, form: re.Pattern[str], expected: str) -> datetime:
    try:
        if isinstance(value, str) and form.fullmatch(value):
            return datetime.fromisoformat(value)
    except ValueError as exc:
        raise malformed(path, expected) from exc
    raise malformed(path, expected)


def anything(value: Json, path: str) -> Json:
    """A value that no rule here checks; stored as it came."""
    return value or None


def structure(value: Json, path: str) -> Message | None:
    """A message that no rule here checks; stored as it came."""
    if not isinstance(value, dict | None):
        raise malformed(path, "expected an object")
    return value


def base64_bytes(value: Json, path: str) -> bytes | None:
    """Either alphabet of base64, with or without padding."""
    written = (text(value, path) or "").rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return base64.b64decode(written + "=" * (-len(written) % 4), validate=True) or None
    except ValueError as exc:
        raise malformed(path, "expected base64") from exc


def base64_text(value: Json, path: str) -> str | None:
    """Bytes that go out as base64."""
    return base64.b64encode(base64_bytes(value, path) or b"").decode() or None


def hex_bytes(length: int) -> Decoder:
    """EUIs, addresses and keys: hex of either case, or base64, distinguished by their length."""

    def decode_bytes(value: Json, path: str) -> str | None:
        trimmed = (text(value, path) or "").rstrip("=")
        try:
            if len(trimmed) in (0, 2 * length):
                return bytes.fromhex(trimmed).hex().upper() or None
            if len(trimmed) == -(-length * 4 // 3):
                padding = "=" * (-len(trimmed) % 4)
                return base64.b64decode(trimmed + padding, altchars=b"-_", validate=True).hex().upper()
        except ValueError as exc:
            raise malformed(path, "not hex or base64") from exc
        raise malformed(path, f"expected {length} bytes")

    return decode_bytes


def enumeration(names: Mapping[int, tuple[str, ...]]) -> Decoder:
    """Comes out as the first of its names, or as a number that has none."""
    read = enum_number(names)

    def decode_name(value: Json, path: str) -> str | int | None:
        number = read(value, path)
        return names[number][0] if number and number in names else number or None

    return decode_name


def enum_number(names: Mapping[int, tuple[str, ...]]) -> Callable[[Json, str], int]:
    """Names match exactly; numbers and digits are enum numbers, so the number 1.1 is read as 1.

    The error for an unknown name names only the message around the field.
    """
    numbers = {alias: number for number, aliases in names.items() for alias in aliases}

    def decode_number(value: Json, path: str) -> int:
        if isinstance(value, str) and value in numbers:
            return numbers[value]
        around = path.rpartition(".")[0]
        try:
            return whole_32(value, around) or 0
        except GatewayError as error:
            raise malformed(around, f'unknown value for enum: "{value}"') from error

    return decode_number


def mapping_of_text(value: Json, path: str) -> dict[str, str] | None:
    given = structure(value, path) or {}
    return {str(key): text(item, f"{path}.{key}") or "" for key, item in given.items()} or None


def mapping_of(shape: Shape) -> Decoder:
    def decode_items(value: Json, path: str) -> dict[str, Message] | None:
        given = structure(value, path) or {}
        return {str(key): decode({} if item is None else item, shape, path) for key, item in given.items()} or None

    return decode_items


def list_of(kind: Decoder | Shape) -> Decoder:
    def decode_items(value: Json, path: str) -> list[Json] | None:
        if not isinstance(value, list | None):
            raise malformed(path, "expected a list")
        empty: Json = {} if isinstance(kind, Mapping) else None
        return [decode_field(empty if item is None else item, kind, path) for item in value or []] or None

    return decode_items


def paths(value: Json, path: str) -> list[str] | None:
    """A field mask: ``{"paths": ["a", "b.c"]}`` or the text ``"a,b.c"``."""
    if isinstance(value, str):
        return value.split(",")
    if value is not None and (not isinstance(value, dict) or value.keys() != {"paths"}):
        raise malformed(path, "expected a field mask")
    listed: list[str] | None = list_of(_path)(value["paths"] if value else None, path)
    return listed


def _path(value: Json, path: str) -> str:
    return text(value, path) or ""
