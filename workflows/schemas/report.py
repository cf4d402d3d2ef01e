"""Reads the input of the report functions as a report."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, cast

from marshmallow import EXCLUDE, Schema, fields, validate

from workflows.domain.event import Operation
from workflows.domain.facts import Change, EventFailed, EventRejected, bounded
from workflows.domain.outcome import fact_of
from workflows.domain.report import Failure, Report, ReportRecord, Status, Subject
from workflows.domain.thing import dev_eui_in
from workflows.errors import InvalidEventError, RegistryAnswer, SyncError, leaf_names
from workflows.schemas import handover

_STATUS: Mapping[str, Status] = {"skipped": "skipped", "removed": "removed", "released": "released"}
_OURS = leaf_names(SyncError) - leaf_names(RegistryAnswer)

# The end of the year 9999: the latest time that Python can represent.
_LAST_MS = 253402300799999


class _SubjectSchema(Schema):
    """The fields of a registry event, each checked alone: even an input that is no event gets a report."""

    class Meta:
        unknown = EXCLUDE

    thing_name = fields.String(data_key="thingName")
    thing_id = fields.String(data_key="thingId")
    version_number = fields.Integer(strict=True, data_key="versionNumber")
    operation = fields.String()
    occurred_at_ms = fields.Integer(strict=True, data_key="timestamp", validate=validate.Range(0, _LAST_MS))


_SUBJECT = _SubjectSchema()
_NAMES = tuple(_SUBJECT.fields)


def load_outcome(message: Mapping[str, Any], *, at: datetime) -> ReportRecord:
    """Read ``{event, run, execution_arn, state}``; ``state`` is what Dispatch decided and what was done."""
    outcome, before = handover.load_outcome(message.get("state", message))
    subject = _subject(message["event"])
    report = Report(
        status=_STATUS.get(outcome.kind, "registered"),
        subject=subject,
        execution_arn=message["execution_arn"],
        at=at,
        method=outcome.device.method if outcome.device else None,
        device_id=outcome.device_id,
        reason=outcome.reason,
        differences=outcome.device.differences if outcome.device else (),
        updated=outcome.kind == "updated",
    )
    return ReportRecord(report, fact_of(outcome, _change(subject, message["run"])), before)


def load_failure(message: Mapping[str, Any], *, at: datetime) -> ReportRecord:
    """Read ``{event, run, execution_arn, state}`` of a failed run; Step Functions wrote the error in ``state``."""
    report, failure = _failed(message, "failed", at)
    change = _change_of(report.subject, message["run"])
    why = {"message": bounded(failure.message or ""), "dev_eui": _dev_eui(message["event"])}
    return ReportRecord(report, EventFailed(change, failure.name, **why) if change else None)


def load_rejection(message: Mapping[str, Any], *, at: datetime) -> ReportRecord:
    """Read the same of a rejected run; its ``state`` says whether UndoDevice left nothing."""
    report, failure = _failed(message, "rejected", at)
    change = _change_of(report.subject, message["run"])
    undone = message["state"].get("undo", {}).get("undone", False)
    why = {"message": bounded(failure.message or ""), "dev_eui": _dev_eui(message["event"])}
    return ReportRecord(report, EventRejected(change, failure.name, undone, **why) if change else None)


def _failed(message: Mapping[str, Any], status: Literal["rejected", "failed"], at: datetime) -> tuple[Report, Failure]:
    error = message["state"]["error"]
    failure = Failure(error["Error"], _message(error["Cause"]) if error["Error"] in _OURS else None)
    subject, execution_arn = _subject(message["event"]), message["execution_arn"]
    return Report(status, subject, execution_arn, at, failure=failure), failure


def _dev_eui(event: object) -> str:
    """Return the DevEUI of the thing in ``event``, which may be anything; empty if it has none."""
    attributes = event.get("attributes") if isinstance(event, Mapping) else None
    given = attributes if isinstance(attributes, Mapping) else {}
    return dev_eui_in({name: value for name, value in given.items() if isinstance(value, str)})


def _change(subject: Subject, run: str) -> Change:
    change = _change_of(subject, run)
    if change is None:
        raise InvalidEventError("The run worked on an input that is no registry event.")
    return change


def _change_of(subject: Subject, run: str) -> Change | None:
    """Return the journal's name of the change; None if the input does not name it completely."""
    is_complete = subject.thing_id and subject.thing_name and subject.version_number
    if not is_complete or subject.operation not in ("CREATED", "UPDATED", "DELETED") or subject.version_number is None:
        return None
    return Change(cast("Operation", subject.operation), subject.version_number, run)


def _subject(event: object) -> Subject:
    given = event if isinstance(event, Mapping) else {}
    known = {name: value for name, value in given.items() if value is not None}
    return Subject(**{**dict.fromkeys(_NAMES), **_valid(known)})


def _valid(known: Mapping[str, object]) -> dict[str, Any]:
    wrong = _SUBJECT.validate(known)
    return dict(_SUBJECT.load({name: value for name, value in known.items() if name not in wrong}))


def _message(cause: str) -> str:
    """Return Lambda's errorMessage; Step Functions' own causes are plain text."""
    try:
        return str(json.loads(cause)["errorMessage"])
    except (ValueError, KeyError, TypeError):
        return cause
