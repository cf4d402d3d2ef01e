"""What the state machine hands to the report functions becomes a report, whatever the run's input was."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import APP_KEY, DEVICE_ID, THING_ID, registry_event
from workflows.domain.report import Failure, Report, Subject, latency_ms, log_line
from workflows.schemas.report import load_failure, load_outcome

AT = datetime(2026, 11, 26, 9, 42, 30, tzinfo=UTC)
RUN = "arn:aws:states:eu-west-1:111122223333:execution:thingsync:run"
SUBJECT = Subject("pump-7", THING_ID, 1, "CREATED", 1764150000123)
EVENT = registry_event()
NOBODY = Subject(None, None, None, None, None)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def outcome(event, **outcome):
    return load_outcome({"event": event, "execution_arn": RUN, "outcome": outcome}, at=AT)


def failure(error, cause, event=EVENT):
    message = {"event": event, "execution_arn": RUN, "error": {"Error": error, "Cause": cause}}
    return load_failure(message, "failed", at=AT)


def caused_by(text):
    """A cause as Lambda gives it."""
    return json.dumps({"errorMessage": text, "errorType": "Error", "stackTrace": [f"line with {APP_KEY}"]})


@pytest.mark.parametrize("kind", ["created", "claimed", "adopted"])
def test_a_registered_device_is_reported(kind):
    report = outcome(registry_event(), kind=kind, reason="why", device_id=DEVICE_ID)

    assert report == Report("registered", SUBJECT, RUN, AT, kind, DEVICE_ID, "why")


def test_a_skipped_event_is_reported():
    report = outcome(registry_event(), kind="skipped", reason="ignored: other stack")

    assert report == Report("skipped", SUBJECT, RUN, AT, reason="ignored: other stack")


@pytest.mark.parametrize("status", ["rejected", "failed"])
def test_an_error_of_ours_is_reported_with_its_text(status):
    error = {"Error": "DeviceConflictError", "Cause": caused_by("taken by pump-7")}

    report = load_failure({"event": registry_event(), "execution_arn": RUN, "error": error}, status, at=AT)

    assert report == Report(status, SUBJECT, RUN, AT, failure=Failure("DeviceConflictError", "taken by pump-7"))


@pytest.mark.parametrize(
    ("cause", "message"),
    [
        pytest.param(caused_by("gone"), "gone", id="as Lambda gives it"),
        pytest.param("plain text", "plain text", id="plain text"),
        pytest.param("", "", id="empty"),
        pytest.param("[1]", "[1]", id="JSON that is no object"),
        pytest.param("7", "7", id="JSON number"),
        pytest.param('{"reason":"x"}', '{"reason":"x"}', id="an object of something else"),
        pytest.param('{"errorMessage":7}', "7", id="a message that is no text"),
    ],
)
def test_a_cause_is_read_in_every_form(cause, message):
    assert failure("RegistryUnavailableError", cause).failure == Failure("RegistryUnavailableError", message)


@pytest.mark.parametrize(
    "error", ["KeyError", "States.Timeout", "Lambda.Unknown", "Runtime.ExitError", "SyncError", ""]
)
def test_the_text_of_an_error_that_is_not_ours_is_withheld(error):
    report = failure(error, caused_by(f"KeyError: {APP_KEY}"))

    assert report.failure == Failure(error, None)
    assert APP_KEY not in repr(report)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        pytest.param({}, NOBODY, id="empty object"),
        pytest.param([1], NOBODY, id="list"),
        pytest.param("text", NOBODY, id="text"),
        pytest.param({"thingName": "pump-7"}, Subject("pump-7", None, None, None, None), id="a name alone"),
        pytest.param(
            {"thingName": 7, "thingId": None, "versionNumber": "1", "operation": [], "timestamp": 1.5},
            NOBODY,
            id="nothing of the right type",
        ),
        pytest.param({"timestamp": 10**400}, NOBODY, id="a number that is no time"),
        pytest.param(
            registry_event(thingId={"a": 1}, timestamp=None),
            Subject("pump-7", None, 1, "CREATED", None),
            id="some of the right type",
        ),
    ],
)
def test_each_field_of_the_event_is_told_if_it_can_be(event, expected):
    assert failure("InvalidEventError", "no event", event).subject == expected


@given(JSON | st.dictionaries(st.sampled_from([*registry_event()]), JSON))
def test_any_input_can_be_reported(event):
    report = failure("InvalidEventError", "no event", event)

    line = log_line(report, "demo-app")
    latency = latency_ms(report)
    assert line["error"] == {"name": "InvalidEventError", "message": "no event"}
    assert latency is None or latency >= 0
