"""One field of a JSON object that a secret or a parameter holds."""

import orjson


def field_of(text: str, json_key: str) -> str | None:
    """Return the field's text; None if ``text`` is no such object, or the field is no text."""
    try:
        value = orjson.loads(text)[json_key]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None
    return value if isinstance(value, str) else None
