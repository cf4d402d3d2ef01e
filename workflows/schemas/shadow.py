"""Reads the shadow ``registration``; ignores what Thingsync would not write: the device may write there, too."""

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

# More than Thingsync's longest message; a shadow may have 8 KiB.
_LONGEST = 4000
_LAST = 10**15


class _Text(fields.String):
    """A text, cut if it is longer than any text of Thingsync."""

    def _deserialize(self, value: object, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> Any:  # noqa: ANN401  # as marshmallow has it
        text: str = super()._deserialize(value, attr, data, **more)
        return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _number() -> fields.Integer:
    return fields.Integer(strict=True, validate=validate.Range(0, _LAST))


class _Lenient(Schema):
    class Meta:
        unknown = EXCLUDE


_ERROR = _Lenient.from_dict({"name": _Text(), "message": _Text()})
_REGISTRATION = _Lenient.from_dict(
    {
        "status": _Text(),
        "method": _Text(),
        "deviceId": _Text(),
        "applicationId": _Text(),
        "error": fields.Nested(_ERROR),
        "thingId": _Text(),
        "versionNumber": _number(),
        "at": _Text(),
        "eventAt": _number(),
    }
)()


def load_registration(reported: Mapping[str, object]) -> dict[str, Any]:
    """Return the well-formed fields of the shadow's reported state, under the same names.

    They may still be untrue: only the journal knows what happened to a thing.
    """
    try:
        return dict(_REGISTRATION.load(reported))
    except ValidationError as error:
        return error.valid_data if isinstance(error.valid_data, dict) else {}
