"""What the state machine hands to the report functions becomes a report, whatever the run's input was."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.journal_samples import change
from tests.samples import (
    APP_KEY,
    CODE,
    CREATE,
    DEV_EUI,
    DEVICE_ID,
    MARK,
    QR_CODE,
    SCANNED,
    THING_ID,
    registered_device,
    registry_event,
)
from workflows.domain.facts import (
    DeviceAdopted,
    DeviceClaimed,
    DeviceCreated,
    DeviceReleased,
    DeviceRemoved,
    DeviceUpdated,
    EventFailed,
    EventRejected,
    EventSkipped,
)
from workflows.domain.fold import ThingState
from workflows.domain.report import Failure, Report, Subject, latency_ms, log_line
from workflows.errors import InvalidEventError
from workflows.schemas.codec import to_plain
from workflows.schemas.journal import dump_state
from workflows.schemas.report import load_failure, load_outcome, load_rejection

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


def report_of(event=EVENT, before=None, **outcome):
    result = {"outcome": outcome} if before is None else {"outcome": outcome, "before": before}
    return load_outcome({"event": event, "run": MARK.run, "execution_arn": RUN, "state": {"result": result}}, at=AT)


def failed(error, cause, event=EVENT, load=load_failure, **state):
    state = {"error": {"Error": error, "Cause": cause}} | state
    return load({"event": event, "run": MARK.run, "execution_arn": RUN, "state": state}, at=AT)


def failure(error, cause, event=EVENT):
    return failed(error, cause, event).report


def caused_by(text):
    """A cause as Lambda gives it."""
    return json.dumps({"errorMessage": text, "errorType": "Error", "stackTrace": [f"line with {APP_KEY}"]})


FACTS = {"created": DeviceCreated, "claimed": DeviceClaimed, "adopted": DeviceAdopted, "updated": DeviceUpdated}


@pytest.mark.parametrize(
    ("kind", "method"),
    [("created", "created"), ("claimed", "claimed"), ("adopted", "adopted"), ("updated", "claimed")],
)
def test_a_registered_device_is_reported_and_becomes_a_fact(kind, method):
    device = registered_device(method=method)

    loaded = report_of(kind=kind, reason="why", device_id=DEVICE_ID, device=to_plain(device))

    assert loaded.report == Report("registered", SUBJECT, RUN, AT, method, DEVICE_ID, "why", updated=kind == "updated")
    assert loaded.fact == FACTS[kind](change(), device)


@pytest.mark.parametrize(
    ("outcome", "report", "fact"),
    [
        pytest.param(
            {"kind": "skipped", "reason": "ignored: other stack"},
            Report("skipped", SUBJECT, RUN, AT, reason="ignored: other stack"),
            EventSkipped(change(), "ignored: other stack"),
            id="skipped",
        ),
        pytest.param(
            {"kind": "removed", "reason": "gone", "device_id": DEVICE_ID, "device": None},
            Report("removed", SUBJECT, RUN, AT, device_id=DEVICE_ID, reason="gone"),
            DeviceRemoved(change(), DEVICE_ID),
            id="removed",
        ),
        pytest.param(
            {"kind": "released", "reason": "why", "device_id": DEVICE_ID, "release_reason": "retained"},
            Report("released", SUBJECT, RUN, AT, device_id=DEVICE_ID, reason="why"),
            DeviceReleased(change(), DEVICE_ID, "retained"),
            id="released",
        ),
    ],
)
def test_an_outcome_without_a_device_is_reported_and_becomes_a_fact(outcome, report, fact):
    loaded = report_of(**outcome)

    assert (loaded.report, loaded.fact) == (report, fact)


@pytest.mark.parametrize("before", [None, ThingState(facts=2, thing_name="pump-7", busy=change())])
def test_the_state_that_the_run_read_comes_along(before):
    loaded = report_of(before=before and dump_state(before), kind="skipped", reason="why")

    assert loaded.before == before


def test_a_run_that_began_under_an_older_definition_is_reported():
    result = {"outcome": {"kind": "skipped", "reason": "why"}}
    loaded = load_outcome({"event": EVENT, "run": MARK.run, "execution_arn": RUN, "result": result}, at=AT)

    assert loaded == report_of(kind="skipped", reason="why")


WHY = {"message": "taken by pump-7", "dev_eui": DEV_EUI}


def test_an_outcome_of_no_registry_event_is_an_error():
    with pytest.raises(InvalidEventError, match="an input that is no registry event"):
        report_of({"thingName": "pump-7"}, kind="skipped", reason="why")


@pytest.mark.parametrize(
    ("load", "status", "state", "fact"),
    [
        pytest.param(load_failure, "failed", {}, EventFailed(change(), "DeviceConflictError", **WHY), id="failed"),
        pytest.param(
            load_rejection, "rejected", {}, EventRejected(change(), "DeviceConflictError", **WHY), id="rejected"
        ),
        pytest.param(
            load_rejection,
            "rejected",
            {"undo": {"undone": True}},
            EventRejected(change(), "DeviceConflictError", undone=True, **WHY),
            id="rejected, and nothing is left",
        ),
        pytest.param(
            load_rejection,
            "rejected",
            {"undo": {"undone": False}},
            EventRejected(change(), "DeviceConflictError", **WHY),
            id="rejected, and something is left",
        ),
    ],
)
def test_an_error_of_ours_is_reported_with_its_text_and_becomes_a_fact(load, status, state, fact):
    loaded = failed("DeviceConflictError", caused_by("taken by pump-7"), load=load, **state)

    reported = Failure("DeviceConflictError", "taken by pump-7")
    assert loaded.report == Report(status, SUBJECT, RUN, AT, failure=reported)
    assert (loaded.fact, loaded.before) == (fact, None)


@pytest.mark.parametrize("operation", ["CREATED", "UPDATED", "DELETED"])
def test_a_failure_of_every_operation_becomes_a_fact(operation):
    event = registry_event(operation=operation, versionNumber=3)

    fact = failed("AccessDeniedError", "no key", event).fact

    assert fact == EventFailed(
        change(operation, 3, run=MARK.run), "AccessDeniedError", message="no key", dev_eui=DEV_EUI
    )


@pytest.mark.parametrize("load", [load_failure, load_rejection])
def test_the_journal_gets_the_beginning_of_a_long_text(load):
    fact = failed("DeviceConflictError", caused_by("x" * 3000), load=load).fact

    assert fact.message == "x" * 1999 + "…"


@pytest.mark.parametrize("load", [load_failure, load_rejection])
def test_the_journal_gets_no_text_of_an_error_that_is_not_ours(load):
    fact = failed("KeyError", caused_by(f"KeyError: {APP_KEY}"), load=load).fact

    assert (fact.error_name, fact.message) == ("KeyError", "")


@pytest.mark.parametrize(
    ("attributes", "dev_eui"),
    [
        pytest.param(CREATE, DEV_EUI, id="as it is"),
        pytest.param(CREATE | {"devEUI": DEV_EUI.lower()}, DEV_EUI, id="in lower case"),
        pytest.param({"qrCode": QR_CODE.lower()}, DEV_EUI, id="in a QR code"),
        pytest.param(SCANNED | {"devEUI": "12"}, DEV_EUI, id="one in a QR code beside rubbish"),
        pytest.param(CREATE | {"devEUI": APP_KEY}, "", id="a key in the wrong place"),
        pytest.param({"devEUI": CODE, "qrCode": f"{QR_CODE}:Oé"}, "", id="nothing that can be read"),
        pytest.param({"devEUI": "0" * 16}, "", id="zeros"),
        pytest.param({"devEUI": 7, "qrCode": None}, "", id="no texts"),
        pytest.param(None, "", id="no attributes"),
        pytest.param("devEUI", "", id="no object"),
    ],
)
@pytest.mark.parametrize("load", [load_failure, load_rejection])
def test_the_journal_gets_the_dev_eui_that_the_thing_gave(load, attributes, dev_eui):
    fact = failed("AccessDeniedError", "no key", registry_event(attributes=attributes), load=load).fact

    assert fact.dev_eui == dev_eui


@pytest.mark.parametrize(
    "event",
    [
        pytest.param([1], id="a list"),
        pytest.param(registry_event(thingId=None), id="no thing ID"),
        pytest.param(registry_event(thingName=""), id="an empty name, which no index takes"),
        pytest.param(registry_event(versionNumber="1"), id="a version that is no number"),
        pytest.param(registry_event(operation="RENAMED"), id="an operation that nobody knows"),
    ],
)
@pytest.mark.parametrize("load", [load_failure, load_rejection])
def test_a_failure_of_what_is_no_change_is_no_fact(load, event):
    assert failed("InvalidEventError", "no event", event, load).fact is None


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
def test_each_field_of_the_event_is_reported_if_it_can_be(event, expected):
    assert failure("InvalidEventError", "no event", event).subject == expected


@given(JSON | st.dictionaries(st.sampled_from([*registry_event()]), JSON))
def test_any_input_can_be_reported(event):
    report = failure("InvalidEventError", "no event", event)

    line = log_line(report, "demo-app")
    latency = latency_ms(report)
    assert line["error"] == {"name": "InvalidEventError", "message": "no event"}
    assert latency is None or latency >= 0
