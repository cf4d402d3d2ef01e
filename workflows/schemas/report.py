"""What the state machine hands to the report functions becomes a report."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from marshmallow import EXCLUDE, Schema, fields, validate

from workflows.domain.report import Failure, Report, Subject
from workflows.errors import OperatorError, RejectedError, TransientError, leaf_names

_OURS = leaf_names(TransientError) | leaf_names(RejectedError) | leaf_names(OperatorError)

# The end of the year 9999; beyond it lie no times, but numbers that no arithmetic on times can take.
_LAST_MS = 253402300799999


class _SubjectSchema(Schema):
    """The fields of a registry event, each by itself: a report is due even if the input was no event at all."""

    class Meta:
        unknown = EXCLUDE

    thing_name = fields.String(data_key="thingName")
    thing_id = fields.String(data_key="thingId")
    version_number = fields.Integer(strict=True, data_key="versionNumber")
    operation = fields.String()
    occurred_at_ms = fields.Integer(strict=True, data_key="timestamp", validate=validate.Range(0, _LAST_MS))


_SUBJECT = _SubjectSchema()
_NAMES = tuple(_SUBJECT.fields)


def load_outcome(message: Mapping[str, Any], *, at: datetime) -> Report:
    """Read ``{event, execution_arn, outcome}``, outcome being ``{kind, reason[, device_id]}``."""
    outcome = message["outcome"]
    skipped = outcome["kind"] == "skipped"
    return Report(
        status="skipped" if skipped else "registered",
        subject=_subject(message["event"]),
        execution_arn=message["execution_arn"],
        at=at,
        method=None if skipped else outcome["kind"],
        device_id=outcome.get("device_id"),
        reason=outcome["reason"],
    )


def load_failure(message: Mapping[str, Any], status: Literal["rejected", "failed"], *, at: datetime) -> Report:
    """Read ``{event, execution_arn, error}``, error being Step Functions' ``{Error, Cause}``."""
    error = message["error"]
    return Report(
        status=status,
        subject=_subject(message["event"]),
        execution_arn=message["execution_arn"],
        at=at,
        failure=Failure(error["Error"], _message(error["Cause"]) if error["Error"] in _OURS else None),
    )


def _subject(event: object) -> Subject:
    given = event if isinstance(event, Mapping) else {}
    known = {name: value for name, value in given.items() if value is not None}
    return Subject(**{**dict.fromkeys(_NAMES), **_valid(known)})


def _valid(known: Mapping[str, object]) -> dict[str, Any]:
    unfit = _SUBJECT.validate(known)
    return dict(_SUBJECT.load({name: value for name, value in known.items() if name not in unfit}))


def _message(cause: str) -> str:
    """Return Lambda's errorMessage; Step Functions' own causes are plain text."""
    try:
        return str(json.loads(cause)["errorMessage"])
    except (ValueError, KeyError, TypeError):
        return cause
