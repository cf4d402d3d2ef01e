"""What the real code prints, once of every kind: metrics, the functions' log lines and the lines of the things' log."""

import contextlib
import io
import json
from datetime import UTC, datetime
from typing import Any, get_args

from tests.samples import DEVICE_ID, THING_ID, registry_event
from workflows.domain.activity import Activity, ActivityResult, ActivityStatus, Receipt, Received
from workflows.domain.drift.reconciling import Ended, Reconciled
from workflows.domain.intake import IntakeResult, IntakeStatus
from workflows.domain.keyless import KeyRemoval
from workflows.domain.publishing import Published
from workflows.domain.report import Failure, Report, Status, Subject, log_line
from workflows.errors import (
    MismatchingDeviceError,
    MismatchingStackError,
    OperatorError,
    RejectedError,
    TransientError,
    leaf_names,
)
from workflows.observability import activity, facts, keyless, reconciling
from workflows.observability.batches import ACTIVITY, EVENTS, log_and_count
from workflows.observability.exchanges import SERVER_ERRORS, TOO_MANY_REQUESTS, counted_exchange
from workflows.observability.log import logger
from workflows.observability.outcome import log_outcome
from workflows.schemas.event import load_event

STACK_NAME = "thingsync"
_SUBJECT = Subject("pump-7", THING_ID, 1, "CREATED", 0)
_DEVICE = {"method": "created", "device_id": DEVICE_ID, "reason": "why"}


def _reports():
    at = datetime(2026, 11, 26, tzinfo=UTC)
    for status in get_args(Status):
        yield Report(status, _SUBJECT, "arn:run", at, **_DEVICE)
    yield Report("registered", _SUBJECT, "arn:run", at, **_DEVICE, updated=True)
    for error_name in leaf_names(RejectedError):
        yield Report("rejected", _SUBJECT, "arn:run", at, failure=Failure(error_name, "text"))
    for error_name in leaf_names(TransientError) | leaf_names(OperatorError):
        yield Report("failed", _SUBJECT, "arn:run", at, failure=Failure(error_name, "text"))


def _start(status):
    @log_and_count(EVENTS, lambda: STACK_NAME)
    def start_run(_record, context):
        if status == "not started":
            raise TimeoutError
        return IntakeResult(status, "why", load_event(registry_event()))

    with contextlib.suppress(TimeoutError):
        start_run({"messageId": "m-1"}, context=None)


def _exchange(status):
    with counted_exchange("example.com", "GET", "https://example.com", stack_name=STACK_NAME) as answered:
        answered(status, 0)


def _activity():
    for receipt in get_args(Receipt):
        activity.received(Received(receipt, "why"), stack_name=STACK_NAME)
    for status in (*get_args(ActivityStatus), "failed"):
        _ensure_thing(status)
    for error in (MismatchingStackError, MismatchingDeviceError):
        activity.refused(error("text", thing_name="pump-7"), Activity("demo-app", DEVICE_ID), stack_name=STACK_NAME)


def _facts():
    facts.published(Published(count=1, unreadable=("text",), again_from="2", error_name="Error"), stack_name=STACK_NAME)


def _keys():
    keyless.removed(KeyRemoval(("appKey",), ("qrCode",), "Error"), "pump-7", stack_name=STACK_NAME)
    keyless.delayed(TimeoutError())


def _ensure_thing(status):
    @log_and_count(ACTIVITY, lambda: STACK_NAME)
    def ensure_thing(_record):
        if status == "failed":
            raise TimeoutError
        return ActivityResult(status, "why", "pump-7")

    with contextlib.suppress(TimeoutError):
        ensure_thing({"messageId": "m-1"})


def _reconciling():
    found = Reconciled(10, 10, 1, 1, 1, 1, repairs=1, held_back=1, unrepaired=1, scrubbed=10, complete=True)
    for how in get_args(Ended):
        reconciling.ended(found, how, stack_name=STACK_NAME)
    reconciling.counted_if_overdue(True, stack_name=STACK_NAME)


def _everything():
    _reconciling()
    _activity()
    _facts()
    _keys()
    for report in _reports():
        log_outcome(report, stack_name=STACK_NAME)
    for status in (*get_args(IntakeStatus), "not started"):
        _start(status)
    for status in (TOO_MANY_REQUESTS, SERVER_ERRORS):
        _exchange(status)


@contextlib.contextmanager
def _logging_to(stream):
    handler: Any = logger.registered_handler
    before = handler.setStream(stream)
    yield
    handler.setStream(before)


def _printed():
    metrics, lines = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(metrics), _logging_to(lines):
        _everything()
    return [[json.loads(line) for line in stream.getvalue().splitlines()] for stream in (metrics, lines)]


METRIC_LINES, FUNCTION_LINES = _printed()
THING_LINES = [log_line(report, "demo-app") for report in _reports()]
