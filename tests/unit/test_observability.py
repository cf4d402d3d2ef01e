"""Log lines and metrics: what dashboards, alarms and log queries find, and no key among it."""

import contextlib
import io
import json
from datetime import UTC, datetime
from typing import Any, get_args

import pytest

from tests.samples import APP_KEY, DEVICE_ID, THING_ID, registry_event
from workflows.domain.intake import IntakeResult, IntakeStatus
from workflows.domain.report import Failure, Report, Status, Subject
from workflows.errors import RegistryThrottledError
from workflows.observability.batches import ACTIVITY, EVENTS, log_and_count
from workflows.observability.exchanges import counted_exchange
from workflows.observability.log import log_write_failure, logger
from workflows.observability.outcome import log_outcome
from workflows.schemas.event import load_event

AT = datetime(2026, 11, 26, 9, 42, 30, tzinfo=UTC)
SUBJECT = Subject("pump-7", THING_ID, 1, "CREATED", int(AT.timestamp() * 1000) - 2500)
RECORD = {"messageId": "m-1"}
logged_events = log_and_count(EVENTS, lambda: "thingsync")


@pytest.fixture
def log_lines():
    """The lines of the structured log."""
    stream = io.StringIO()
    handler: Any = logger.registered_handler
    before = handler.setStream(stream)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    handler.setStream(before)


@pytest.fixture
def metrics(capsys):
    """Each metric as its name, value and dimensions."""

    def printed():
        for line in map(json.loads, capsys.readouterr().out.splitlines()):
            (directive,) = line["_aws"]["CloudWatchMetrics"]
            assert directive["Namespace"] == "Thingsync"
            (name,) = [metric["Name"] for metric in directive["Metrics"]]
            (dimensions,) = directive["Dimensions"]
            yield name, line[name], {dimension: line[dimension] for dimension in dimensions}

    return lambda: list(printed())


def report(status, **more):
    return Report(status, SUBJECT, "arn:run", AT, **more)


@pytest.mark.parametrize("status", get_args(Status))
def test_every_status_is_counted(metrics, status):
    log_outcome(report(status), stack_name="thingsync")

    assert metrics()[0] == (status.capitalize(), [1.0], {"StackName": "thingsync"})


def test_an_error_is_counted_by_its_name_too(metrics):
    log_outcome(report("rejected", failure=Failure("InvalidThingError", "x")), stack_name="thingsync")

    assert metrics() == [
        ("Rejected", [1.0], {"StackName": "thingsync"}),
        ("Rejected", [1.0], {"StackName": "thingsync", "ErrorName": "InvalidThingError"}),
    ]


def test_an_updated_device_is_not_counted_as_a_new_one(metrics):
    log_outcome(report("registered", method="created", device_id=DEVICE_ID, updated=True), stack_name="thingsync")

    assert [name for name, _, _ in metrics()] == ["Updated", "RegistrationLatency", "CallsUnanswered"]


@pytest.mark.parametrize(
    ("status", "counted"),
    [
        pytest.param(200, [], id="answered"),
        pytest.param(404, [], id="refused-for-what-was-asked"),
        pytest.param(429, ["CallsThrottled"], id="refused-for-rate"),
        pytest.param(503, ["CallsUnanswered"], id="not-able-to-answer"),
    ],
)
def test_an_exchange_that_was_throttled_or_not_answered_is_counted(metrics, status, counted):
    with counted_exchange(
        "eu1.example.com", "GET", "https://eu1.example.com/api/v3", stack_name="thingsync"
    ) as answered:
        answered(status, 0)

    assert metrics() == [(name, [1.0], {"StackName": "thingsync"}) for name in counted]


def test_an_exchange_that_broke_off_is_counted_and_its_error_goes_on(metrics):
    with (
        pytest.raises(ConnectionError, match="reset"),
        counted_exchange("eu1.example.com", "GET", "https://eu1.example.com/api/v3", stack_name="thingsync"),
    ):
        raise ConnectionError("reset")

    assert metrics() == [("CallsUnanswered", [1.0], {"StackName": "thingsync"})]


@pytest.mark.parametrize(
    ("status", "values"),
    [
        pytest.param("registered", [0.0], id="registered"),
        pytest.param("removed", [0.0], id="removed"),
        pytest.param("failed", None, id="failed"),
        pytest.param("rejected", None, id="rejected"),
        pytest.param("skipped", None, id="skipped, without a call"),
    ],
)
def test_what_the_things_stack_has_carried_out_shows_that_it_answers(metrics, status, values):
    """So the metric's minimum is 1 only where calls fail and nothing is done."""
    log_outcome(report(status), stack_name="thingsync")

    counted = {name: (counts, dimensions) for name, counts, dimensions in metrics()}
    assert counted.get("CallsUnanswered") == (values and (values, {"StackName": "thingsync"}))


def test_unanswered_calls_are_counted_in_half_minutes(capsys):
    with contextlib.suppress(ConnectionError), counted_exchange("any", "GET", "any", stack_name="thingsync"):
        raise ConnectionError

    [line] = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert line["_aws"]["CloudWatchMetrics"][0]["Metrics"] == [
        {"Name": "CallsUnanswered", "Unit": "Count", "StorageResolution": 1}
    ]


def test_a_registered_device_has_a_latency(metrics):
    log_outcome(report("registered", method="created", device_id=DEVICE_ID), stack_name="thingsync")

    assert metrics()[1] == ("RegistrationLatency", [2500.0], {"StackName": "thingsync"})


def test_a_registered_devices_latency_is_in_the_log_beside_its_name(log_lines):
    log_outcome(report("registered", method="created", device_id=DEVICE_ID), stack_name="thingsync")

    (line,) = log_lines()
    assert (line["message"], line["device_id"], line["latency_ms"]) == ("Event registered", DEVICE_ID, 2500.0)


def test_an_outcome_leaves_one_log_line(log_lines):
    log_outcome(report("rejected", failure=Failure("InvalidThingError", "devEUI: is missing")), stack_name="thingsync")

    (line,) = log_lines()
    assert line["message"] == "Event rejected"
    assert (line["thing_name"], line["thing_id"], line["version_number"]) == ("pump-7", THING_ID, 1)
    assert (line["error_name"], line["error_message"]) == ("InvalidThingError", "devEUI: is missing")


def test_what_could_not_be_written_is_logged(log_lines):
    log_write_failure("shadow", PermissionError("no"))

    (line,) = log_lines()
    assert (line["level"], line["message"]) == ("WARNING", "The shadow could not be written")
    assert (line["error_name"], line["error_message"]) == ("PermissionError", "no")


@pytest.mark.parametrize("status", get_args(IntakeStatus))
def test_every_result_of_a_message_is_counted_and_logged(metrics, log_lines, status):
    result = IntakeResult(status, "why", load_event(registry_event()))

    answer = logged_events(lambda _record, lambda_context: result)(RECORD, lambda_context=None)

    assert answer == result
    assert metrics() == [(f"Events{status.capitalize()}", [1.0], {"StackName": "thingsync"})]
    (line,) = log_lines()
    assert (line["message"], line["message_id"], line["thing_name"]) == (f"Event {status}: why", "m-1", "pump-7")
    assert APP_KEY not in json.dumps(line)


def test_a_message_that_held_no_event_is_logged_by_its_id(log_lines):
    logged_events(lambda _record, lambda_context: IntakeResult("unreadable", "no JSON"))(RECORD, lambda_context=None)

    (line,) = log_lines()
    assert line["message_id"] == "m-1"
    assert "thing_name" not in line


def test_a_message_that_is_delivered_again_is_counted_and_logged_as_such(metrics, log_lines):
    def start_run(_record, lambda_context):
        raise TimeoutError("slow")

    with pytest.raises(TimeoutError, match="slow"):
        logged_events(start_run)(RECORD, lambda_context=None)

    assert metrics() == [("EventsNotStarted", [1.0], {"StackName": "thingsync"})]
    (line,) = log_lines()
    assert (line["level"], line["message_id"]) == ("ERROR", "m-1")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        pytest.param(RegistryThrottledError("AWS throttled CreateThing."), "AWS throttled CreateThing.", id="ours"),
        pytest.param(ValueError(APP_KEY), None, id="another, which may quote a key"),
    ],
)
def test_an_activity_that_failed_is_counted_by_its_error_whose_text_is_logged_if_it_is_ours(
    metrics, log_lines, error, text
):
    def ensure_thing(_record):
        raise error

    with pytest.raises(type(error), match=str(error)):
        log_and_count(ACTIVITY, lambda: "thingsync")(ensure_thing)(RECORD)

    assert metrics()[1][2]["ErrorName"] == type(error).__name__
    (line,) = log_lines()
    assert (line["error_name"], line.get("error_message")) == (type(error).__name__, text)
    assert APP_KEY not in json.dumps(line)
