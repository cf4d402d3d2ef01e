"""JSON in, messages out: what the gateway in front of the servers reads, before any server's own rules.

Messages are nested dicts without zero values, as The Things Stack writes them: a decoder answers None for
zero. Unknown fields are dropped; snake_case and camelCase names are both understood.
"""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from local.things_stack.errors import Code, GatewayError

Json = Any  # what JSON can hold
Message = dict[str, Json]
Decoder = Callable[[Json, str], Json]
Shape = Mapping[str, Any]  # field name -> Decoder, or the Shape of a nested message


def malformed(path: str, why: str) -> GatewayError:
    at = f' at path "{path}"' if path else ""
    return GatewayError(Code.INVALID_ARGUMENT, f"unmarshal error{at}: {why}")


def read_json(body: bytes) -> Message:
    """Parse a request's body: its first object; nothing, or ``null``, is an empty message.

    Raises:
        GatewayError: not a JSON object.
    """
    try:
        text = body.decode().lstrip(_SPACE)
        parsed, _ = _JSON.raw_decode(text or "null")
    except (ValueError, RecursionError) as exc:
        raise GatewayError(Code.INVALID_ARGUMENT, "the body is not JSON") from exc
    if not isinstance(parsed, dict | None):
        raise GatewayError(Code.INVALID_ARGUMENT, "the body is not a JSON object")
    return parsed or {}


def _refuse_constant(name: str) -> None:
    """``NaN`` and ``Infinity``: Python reads them, JSON has no such thing."""
    raise ValueError(name)


_JSON = json.JSONDecoder(parse_constant=_refuse_constant)
_SPACE = " \t\r\n"


def decode(raw: Json, shape: Shape, path: str = "") -> Message:
    """Read a message of the given shape.

    Raises:
        GatewayError: a value that its field cannot hold.
    """
    if not isinstance(raw, dict):
        raise malformed(path, "expected an object")
    known = {**{_camel_case(name): name for name in shape}, **{name: name for name in shape}}
    message: Message = {}
    for key, value in raw.items():
        if key in known:
            name = known[key]
            decoded = decode_field(value, shape[name], f"{path}.{name}".lstrip("."))
            message.pop(name, None)
            if decoded is not None:
                message[name] = decoded
    return message


def _camel_case(name: str) -> str:
    return re.sub(r"_(.?)", lambda following: following[1].upper(), name)


def decode_field(value: Json, kind: Decoder | Shape, path: str) -> Json:
    if not isinstance(kind, Mapping):
        return kind(value, path)
    return None if value is None else decode(value, kind, path)
