"""JSON in, messages out: what the gateway in front of the servers reads, before any server's own rules.

Messages are nested dicts without zero values, as The Things Stack writes them: a decoder answers None for
zero. Unknown fields are dropped; snake_case and camelCase names are both understood.
"""

import base64
import binascii
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from local.things_stack.errors import Code, GatewayError

Json = Any  # what JSON can hold
Message = dict[str, Json]
Decoder = Callable[[Json, str], Json]
Shape = Mapping[str, Any]  # field name -> Decoder, or the Shape of a nested message

_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z")


def malformed(path: str, why: str) -> GatewayError:
    return GatewayError(Code.INVALID_ARGUMENT, f'unmarshal error at path "{path}": {why}')


def read_json(body: bytes) -> Message:
    """Parse a request's body; an empty one is an empty message.

    Raises:
        GatewayError: not a JSON object.
    """
    try:
        parsed = json.loads(body) if body.strip() else {}
    except ValueError as exc:
        raise GatewayError(Code.INVALID_ARGUMENT, "the body is not JSON") from exc
    if not isinstance(parsed, dict):
        raise GatewayError(Code.INVALID_ARGUMENT, "the body is not a JSON object")
    return parsed


def decode(raw: Json, shape: Shape, path: str = "") -> Message:
    """Read a message of the given shape.

    Raises:
        GatewayError: a value that its field cannot hold.
    """
    if not isinstance(raw, dict):
        raise malformed(path, "expected an object")
    message: Message = {}
    for key, value in raw.items():
        name = key if key in shape else _snake_case(key)
        if name in shape and value is not None:
            decoded = _decode_field(value, shape[name], f"{path}.{name}".lstrip("."))
            if decoded is not None:
                message[name] = decoded
    return message


def _snake_case(key: str) -> str:
    return re.sub(r"[A-Z]", lambda upper: "_" + upper[0].lower(), key)


def _decode_field(value: Json, kind: Decoder | Shape, path: str) -> Json:
    return decode(value, kind, path) if isinstance(kind, Mapping) else kind(value, path)


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
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,20}", str(value)):
        raise malformed(path, "expected an unsigned number")
    return int(value) or None


def unsigned_64(value: Json, path: str) -> str | None:
    """64-bit numbers go out as strings."""
    number = unsigned(value, path)
    return str(number) if number else None


def timestamp(value: Json, path: str) -> str:
    if not _TIMESTAMP.fullmatch(str(value)):
        raise malformed(path, "expected a UTC time that ends in Z")
    return str(value)


def anything(value: Json, path: str) -> Json:
    """A value that no rule here looks into; kept as it came."""
    return value or None


def structure(value: Json, path: str) -> Message:
    """A message that no rule here looks into; kept as it came."""
    if not isinstance(value, dict):
        raise malformed(path, "expected an object")
    return value


def base64_bytes(value: Json, path: str) -> bytes | None:
    try:
        return base64.b64decode(str(value), validate=True) or None
    except binascii.Error as exc:
        raise malformed(path, "expected base64") from exc


def hex_bytes(length: int) -> Decoder:
    """EUIs, addresses and keys: hex of either case, or base64, told apart by their length."""

    def decode_bytes(value: Json, path: str) -> str | None:
        trimmed = (text(value, path) or "").rstrip("=")
        try:
            if len(trimmed) in (0, 2 * length):
                return bytes.fromhex(trimmed).hex().upper() or None
            if len(trimmed) == -(-length * 4 // 3):
                padding = "=" * (-len(trimmed) % 4)
                return base64.b64decode(trimmed + padding, altchars=b"-_").hex().upper()
        except ValueError as exc:
            raise malformed(path, "neither hex nor base64") from exc
        raise malformed(path, f"expected {length} bytes")

    return decode_bytes


def enumeration(names: Mapping[int, tuple[str, ...]]) -> Decoder:
    """Names match exactly; numbers and digits are enum numbers, so the number 1.1 is read as 1."""
    numbers = {alias: number for number, aliases in names.items() for alias in aliases}

    def decode_name(value: Json, path: str) -> str | int | None:
        if isinstance(value, int | float) or str(value).isdecimal():
            number = int(value)
        elif value in numbers:
            number = numbers[value]
        else:
            raise malformed(path, f"unknown name {value!r}")
        return names[number][0] if number in names else number or None

    return decode_name


def mapping_of_text(value: Json, path: str) -> dict[str, str] | None:
    if not isinstance(value, dict):
        raise malformed(path, "expected an object")
    return {str(key): text(item, f"{path}.{key}") or "" for key, item in value.items()} or None


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
