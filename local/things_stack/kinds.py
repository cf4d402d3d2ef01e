"""How the value of each kind of field is read; for zero the answer is None, as zero is never written."""

import base64
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from local.things_stack.decoding import Decoder, Json, Message, Shape, decode, malformed

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z")
_OFFSET_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?)(Z|[+-]\d\d:\d\d)")


def text(value: Json, path: str) -> str | None:
    if not isinstance(value, str):
        raise malformed(path, "expected a string")
    return value or None


def flag(value: Json, path: str) -> bool | None:
    if not isinstance(value, bool):
        raise malformed(path, "expected true or false")
    return value or None


def optional_flag(value: Json, path: str) -> bool:
    """A wrapped boolean: here false differs from absent."""
    return flag(value, path) is True


def unsigned(value: Json, path: str) -> int | None:
    value = int(value) if isinstance(value, float) else value
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,20}", str(value)):
        raise malformed(path, "expected an unsigned number")
    return int(value) or None


def unsigned_64(value: Json, path: str) -> str | None:
    """64-bit numbers go out as strings."""
    number = unsigned(value, path)
    return str(number) if number else None


def whole_32(value: Json, path: str) -> int | None:
    """A signed number of 32 bits; of one with decimals the whole part counts."""
    value = int(value) if isinstance(value, float) else value
    if isinstance(value, bool) or not re.fullmatch(r"-?\d{1,10}", str(value)) or abs(int(value)) > 2**31 - 1:
        raise malformed(path, "expected a whole number")
    return int(value) or None


def decimal(value: Json, path: str) -> float | None:
    """Text that is a number passes."""
    try:
        number = float(value) if isinstance(value, str) else value
    except ValueError as exc:
        raise malformed(path, "expected a number") from exc
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise malformed(path, "expected a number")
    return number or None


def optional_decimal(value: Json, path: str) -> float:
    """A wrapped number: here zero differs from absent."""
    return decimal(value, path) or 0


def timestamp(value: Json, path: str) -> str:
    if not _TIMESTAMP.fullmatch(str(value)):
        raise malformed(path, "expected a UTC time that ends in Z")
    return str(value)


def offset_timestamp(value: Json, path: str) -> str:
    """A time in a message that The Things Stack reads by the rules of others; stored as UTC."""
    if not _OFFSET_TIMESTAMP.fullmatch(str(value)):
        raise malformed(path, "expected a time")
    return datetime.fromisoformat(str(value)).astimezone(UTC).isoformat().replace("+00:00", "Z")


def anything(value: Json, path: str) -> Json:
    """A value that no rule here checks; stored as it came."""
    return value or None


def structure(value: Json, path: str) -> Message:
    """A message that no rule here checks; stored as it came."""
    if not isinstance(value, dict):
        raise malformed(path, "expected an object")
    return value


def base64_bytes(value: Json, path: str) -> bytes | None:
    try:
        return base64.b64decode(str(value), validate=True) or None
    except ValueError as exc:
        raise malformed(path, "expected base64") from exc


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
        around = path.rpartition(".")[0]
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise malformed(around, "expected a name")
        try:
            return numbers[value] if isinstance(value, str) and value in numbers else int(value)
        except (ValueError, OverflowError) as exc:
            raise malformed(around, f'unknown value for enum: "{value}"') from exc

    return decode_number


def mapping_of_text(value: Json, path: str) -> dict[str, str] | None:
    if not isinstance(value, dict):
        raise malformed(path, "expected an object")
    return {str(key): text(item, f"{path}.{key}") or "" for key, item in value.items()} or None


def mapping_of(shape: Shape) -> Decoder:
    def decode_items(value: Json, path: str) -> dict[str, Message] | None:
        if not isinstance(value, dict):
            raise malformed(path, "expected an object")
        return {str(key): decode({} if item is None else item, shape, path) for key, item in value.items()} or None

    return decode_items


def list_of(shape: Shape) -> Decoder:
    def decode_items(value: Json, path: str) -> list[Message] | None:
        if not isinstance(value, list):
            raise malformed(path, "expected a list")
        return [decode(item, shape, path) for item in value] or None

    return decode_items


def paths(value: Json, path: str) -> list[str] | None:
    """A field mask: ``{"paths": ["a", "b.c"]}`` or the text ``"a,b.c"``."""
    listed = value.get("paths", []) if isinstance(value, dict) else str(value).split(",")
    if not isinstance(listed, list):
        raise malformed(path, "expected a list of paths")
    return [str(item) for item in listed if item] or None
