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
    """Parse a request's body; an empty one is an empty message.

    Raises:
        GatewayError: not a JSON object.
    """
    try:
        parsed = json.loads(body, parse_constant=_refuse_constant) if body.strip() else {}
    except (ValueError, RecursionError) as exc:
        raise GatewayError(Code.INVALID_ARGUMENT, "the body is not JSON") from exc
    if not isinstance(parsed, dict):
        raise GatewayError(Code.INVALID_ARGUMENT, "the body is not a JSON object")
    return parsed


def _refuse_constant(name: str) -> None:
    """``NaN`` and ``Infinity``: Python reads them, JSON has no such thing."""
    raise ValueError(name)


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
