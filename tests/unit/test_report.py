"""What users and operators read about an event."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.samples import DEVICE_ID, THING_ID
from workflows.domain.fold import Settled
from workflows.domain.report import (
    Failure,
    Report,
    Subject,
    advice,
    is_end_of_thing,
    is_shown,
    latency_ms,
    log_line,
    names_another_thing,
    names_later_change,
    shadow_state,
)
from workflows.errors import OperatorError, RejectedError, TransientError, leaf_names

AT = datetime(2026, 11, 26, 9, 42, 30, 123456, tzinfo=UTC)
OCCURRED_AT_MS = int(AT.timestamp() * 1000) - 2500
RUN = "arn:aws:states:eu-west-1:111122223333:execution:thingsync:run"
SUBJECT = Subject("pump-7", THING_ID, 3, "CREATED", OCCURRED_AT_MS)
NOBODY = Subject(None, None, None, None, None)

REGISTERED = Report("registered", SUBJECT, RUN, AT, "created", DEVICE_ID, "all values are the thing's own")
SKIPPED = Report("skipped", SUBJECT, RUN, AT, reason="ignored: other stack")
REJECTED = Report("rejected", SUBJECT, RUN, AT, failure=Failure("InvalidThingError", "devEUI: is missing"))
FAILED = Report("failed", SUBJECT, RUN, AT, failure=Failure("KeyError", None))

CHANGE = {"thingName": "pump-7", "thingId": THING_ID, "versionNumber": 3, "operation": "CREATED"}
SHADOW_CHANGE = {"thingId": THING_ID, "versionNumber": 3, "eventAt": OCCURRED_AT_MS, "at": "2026-11-26T09:42:30.123Z"}


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param(
            REGISTERED,
            {
                "outcome": "registered",
                "method": "created",
                "reason": "all values are the thing's own",
                "deviceId": DEVICE_ID,
                "applicationId": "demo-app",
            },
            id="registered",
        ),
        pytest.param(
            Report("removed", SUBJECT, RUN, AT, device_id=DEVICE_ID, reason="the thing was deleted"),
            {
                "outcome": "removed",
                "reason": "the thing was deleted",
                "deviceId": DEVICE_ID,
                "applicationId": "demo-app",
            },
            id="removed",
        ),
        pytest.param(SKIPPED, {"outcome": "skipped", "reason": "ignored: other stack"}, id="skipped"),
        pytest.param(
            REJECTED,
            {
                "outcome": "rejected",
                "error": {"name": "InvalidThingError", "message": "devEUI: is missing"},
                "whatToDo": "Correct the thing: `thingsync set pump-7 devEUI=…`, or with the AWS CLI `aws iot "
                "update-thing --thing-name pump-7 --attribute-payload 'attributes={devEUI=…},merge=true'`. "
                "The update starts a new run.",
            },
            id="rejected",
        ),
        pytest.param(
            FAILED,
            {
                "outcome": "failed",
                "error": {"name": "KeyError", "message": "See the cause in the execution."},
                "whatToDo": advice(Failure("KeyError", None), "pump-7"),
            },
            id="failed",
        ),
    ],
)
def test_a_line_of_the_things_log_says_what_happened_why_and_what_to_do(report, expected):
    assert log_line(report, "demo-app") == {"at": "2026-11-26T09:42:30.123Z", "executionArn": RUN} | CHANGE | expected


def test_a_line_about_no_event_says_what_it_can():
    line = log_line(Report("skipped", NOBODY, RUN, AT, reason="ignored: other stack"), "demo-app")

    assert line.keys() == {"at", "outcome", "reason", "executionArn"}


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param(
            REGISTERED,
            {
                "status": "registered",
                "method": "created",
                "deviceId": DEVICE_ID,
                "applicationId": "demo-app",
                "differences": None,
                "error": None,
            },
            id="registered, which removes an earlier error",
        ),
        pytest.param(
            REJECTED,
            {
                "status": "rejected",
                "method": None,
                "deviceId": None,
                "applicationId": None,
                "differences": None,
                "error": {"name": "InvalidThingError", "message": "devEUI: is missing"},
            },
            id="rejected, which removes an earlier device",
        ),
        pytest.param(
            FAILED,
            {
                "status": "failed",
                "method": None,
                "deviceId": None,
                "applicationId": None,
                "differences": None,
                "error": {"name": "KeyError", "message": "See the cause in the execution."},
            },
            id="failed with an error whose text may hold anything",
        ),
    ],
)
def test_the_shadow_reports_the_whole_state(report, expected):
    assert shadow_state(report, "demo-app") == SHADOW_CHANGE | expected


def test_times_are_reported_in_utc():
    local = Report("skipped", SUBJECT, RUN, AT.astimezone(timezone(timedelta(hours=9))), reason="r")

    assert log_line(local, "demo-app")["at"] == "2026-11-26T09:42:30.123Z"


LEAVES = sorted(set().union(*map(leaf_names, (TransientError, RejectedError, OperatorError))))


@pytest.mark.parametrize("name", LEAVES)
def test_every_error_of_ours_has_advice_of_its_own(name):
    foreign = advice(Failure("KeyError", None))

    assert advice(Failure(name, "text")) != foreign


# The event of an unreported run may be in the queue or not: an aborted run put nothing there. A held deletion has no
# cause to fix.
OTHERWISE = {"InvalidEventError", "UnreportedRunError", "DeletionHeldError"}


@pytest.mark.parametrize("name", sorted(leaf_names(TransientError) | leaf_names(OperatorError) - OTHERWISE))
def test_the_operator_sees_where_the_event_waits(name):
    assert "The event waits in the dead-letter queue. Fix the cause, then run `thingsync redrive`" in advice(
        Failure(name, "text")
    )


def test_a_held_deletion_can_be_taken_back_or_allowed():
    text = advice(Failure("DeletionHeldError", "text"))

    assert "The event waits in the dead-letter queue" in text
    assert "`thingsync restore --held`" in text
    assert "`thingsync redrive --allow-removals N`" in text


@pytest.mark.parametrize("name", sorted(leaf_names(RejectedError)))
def test_the_user_is_not_sent_to_a_queue_that_does_not_hold_the_event(name):
    text = advice(Failure(name, "text"))

    assert "queue" not in text
    assert "thing" in text


@pytest.mark.parametrize(
    ("name", "what_to_do"),
    [
        pytest.param("ImmutableChangeError", "Undo the change: `thingsync set THING ", id="what cannot change"),
        pytest.param("ThingBusyError", "Another run worked on this thing or its device for an hour", id="busy"),
        pytest.param(
            "UnknownFactError", "A newer version of Thingsync wrote the journal. Deploy that version", id="newer"
        ),
        pytest.param(
            "JournalSequenceError", "The journal of this thing has a gap. Restore the thing's items", id="a gap"
        ),
        pytest.param("OrphanedOwnerError", "The journal lost the device's owner", id="a lost owner"),
        pytest.param("UnexpectedDecisionError", "Dispatch and the next step disagree", id="our fault"),
    ],
)
def test_what_the_journal_brings_about_is_reported_in_words(name, what_to_do):
    assert advice(Failure(name, "text")).startswith(what_to_do)


@pytest.mark.parametrize("name", LEAVES)
def test_no_advice_has_an_update_that_removes_the_other_attributes_or_a_gap_where_a_name_belongs(name):
    text = advice(Failure(name, "appKey: is missing"), "pump 7")

    assert text.count("update-thing") == text.count(",merge=true'")
    assert "{" not in text.replace("attributes={appKey=…}", "")
    assert "THING" not in text
    assert "pump 7" not in text.replace("'pump 7'", "")


STATUSES = ("registered", "removed", "released", "skipped", "rejected", "failed")


@pytest.mark.parametrize(
    ("operation", "ends"),
    [("CREATED", set()), ("UPDATED", set()), (None, set()), ("DELETED", {"removed", "released", "skipped"})],
)
def test_only_a_deletion_that_is_settled_is_the_end_of_a_thing(operation, ends):
    subject = Subject("pump-7", THING_ID, 3, operation, None)

    assert {status for status in STATUSES if is_end_of_thing(Report(status, subject, RUN, AT))} == ends


@pytest.mark.parametrize(
    ("settled", "shown"),
    [
        pytest.param(Settled("CREATED", 3, "done"), {"registered"}, id="done"),
        pytest.param(Settled("CREATED", 3, "rejected"), {"rejected"}, id="rejected"),
        pytest.param(Settled("CREATED", 3, "failed"), {"failed"}, id="failed"),
        pytest.param(Settled("CREATED", 3, "skipped"), set(), id="a skip changes nothing"),
        pytest.param(Settled("CREATED", 4, "done"), set(), id="a later version is settled"),
        pytest.param(Settled("DELETED", 3, "failed"), set(), id="its deletion is settled"),
        pytest.param(None, set(), id="the journal knows of nothing"),
    ],
)
def test_the_shadow_shows_what_the_journal_has_as_the_latest_outcome(settled, shown):
    assert {status for status in STATUSES if is_shown(Report(status, SUBJECT, RUN, AT), settled)} == shown


def test_what_was_no_event_is_never_the_latest_outcome():
    assert not is_shown(Report("failed", NOBODY, RUN, AT), Settled("CREATED", 3, "failed"))


def test_an_error_that_is_not_ours_is_checked_in_its_execution():
    assert advice(Failure("States.Timeout", None)).startswith("Open the execution and read its cause. The event waits")


@pytest.mark.parametrize(
    ("reported", "another", "later"),
    [
        pytest.param({}, False, False, id="nothing"),
        pytest.param({"thingId": THING_ID, "versionNumber": 2}, False, False, id="an earlier version"),
        pytest.param({"thingId": THING_ID, "versionNumber": 3}, False, False, id="this version"),
        pytest.param({"thingId": THING_ID, "versionNumber": 4}, False, True, id="a later version"),
        pytest.param({"versionNumber": 10**15}, False, True, id="a version of nobody"),
        pytest.param({"thingId": "another", "versionNumber": 1}, True, False, id="another thing"),
        pytest.param({"thingId": {"a": 1}, "versionNumber": "4"}, True, False, id="what makes no sense"),
    ],
)
def test_what_the_shadow_says_gives_reason_to_ask(reported, another, later):
    assert (names_another_thing(REGISTERED, reported), names_later_change(REGISTERED, reported)) == (another, later)


def test_any_version_is_later_than_no_event():
    assert names_later_change(Report("failed", NOBODY, RUN, AT), {"versionNumber": 1})


@pytest.mark.parametrize(
    ("occurred_at_ms", "expected"),
    [
        pytest.param(OCCURRED_AT_MS, 2500.456, id="time to the device"),
        pytest.param(OCCURRED_AT_MS + 60_000, 0.0, id="a clock that is ahead"),
        pytest.param(None, None, id="no time given"),
    ],
)
def test_latency_counts_from_the_registry_event(occurred_at_ms, expected):
    report = Report("registered", Subject("pump-7", THING_ID, 3, "CREATED", occurred_at_ms), RUN, AT)

    assert latency_ms(report) == pytest.approx(expected)


def test_what_cannot_change_is_not_said_to_be_registered_again_since_an_adopted_device_would_stay():
    text = advice(Failure("ImmutableChangeError", "appKey: the device's keys stay as they are"))

    assert text.endswith("If you meant it, do what the reason says.")
