"""What happened to a thing, and what failed in the fleet."""

import csv

import pytest

from tests.journal_samples import CREATED, DELETION, accepted, change
from tests.samples import DEVICE_ID
from workflows.domain.facts import DeviceCreated, DeviceRemoved, EventFailed, EventRejected, EventSkipped
from workflows.domain.report import Failure, advice


def fail(field, thing_name, error_name, *more):
    field.happened(thing_name, accepted(device_id=thing_name), EventFailed(change(), error_name), *more)


def test_every_thing_that_bore_the_name_is_reported_from_its_first_fact_on(field):
    field.happened(
        "pump-7", accepted(), CREATED, accepted(DELETION), DeviceRemoved(DELETION, DEVICE_ID), thing_id="first"
    )
    field.happened("pump-7", *[EventSkipped(change(), "any")] * 5, thing_id="second")

    document = field.document("history", "history", "pump-7")

    assert [(life["thingId"], life["status"]) for life in document["things"]] == [
        ("first", "removed"),
        ("second", "skipped"),
    ]
    assert [fact["text"] for fact in document["things"][0]["facts"]] == [
        f"accepted, for device {DEVICE_ID}",
        f"created device {DEVICE_ID}",
        f"accepted, for device {DEVICE_ID}",
        f"removed device {DEVICE_ID}",
    ]
    assert document["things"][0]["facts"][0]["executionArn"].startswith(
        "arn:aws:states:eu-west-1:123456789012:execution:thingsync:"
    )


def test_people_see_the_time_line_and_the_runs_to_open(field):
    field.happened("pump-7", accepted(), EventFailed(change(), "AccessDeniedError"))

    done = field.call("history", "pump-7")

    assert "failed: AccessDeniedError" in done.stdout
    assert "https://eu-west-1.console.aws.amazon.com/states/home" in done.stdout
    assert done.exit_code == 0


def test_a_name_is_reported_as_it_is_whatever_it_looks_like(field):
    fail(field, "cellar:key:7", "AccessDeniedError")

    assert "cellar:key:7" in field.call("history", "cellar:key:7").stdout
    assert "cellar:key:7" in field.printed("failures", exit_code=1)
    assert "cellar:bug:8" in field.call("status", "cellar:bug:8").stderr


def test_a_name_that_the_journal_does_not_know_is_reported_in_a_sentence(field):
    done = field.call("history", "pump-9")

    assert done.exit_code == 2
    assert "know no thing pump-9" in done.stderr


def test_a_thing_of_which_no_event_has_arrived_has_no_history_yet(field):
    field.create_thing("pump-7")

    done = field.call("history", "pump-7")

    assert (done.exit_code, done.stdout) == (2, "")
    assert "no event of it has arrived. `thingsync status pump-7` says what to do." in done.stderr


def test_failures_are_reported_by_error_with_the_same_advice_as_the_things_log(field):
    fail(field, "pump-1", "AccessDeniedError")
    fail(field, "pump-2", "AccessDeniedError")
    field.happened("pump-3", accepted(device_id="d"), EventRejected(change(), "ClaimRejectedError"))

    document = field.document("failures", "failures", exit_code=1)
    printed = field.printed("failures", exit_code=1)

    assert {(row["thing"], row["outcome"], row["error"]) for row in document["failures"]} == {
        ("pump-1", "failed", "AccessDeniedError"),
        ("pump-2", "failed", "AccessDeniedError"),
        ("pump-3", "rejected", "ClaimRejectedError"),
    }
    assert document["failures"][0]["whatToDo"] == advice(Failure("AccessDeniedError", None))
    assert "AccessDeniedError  failed, 2 things" in printed


def test_a_thing_whose_name_fills_a_line_is_broken_not_cut(field):
    name = "n" * 128
    fail(field, name, "ThingBusyError")

    assert "".join(field.printed("failures", exit_code=1).split()).count("n" * 20) >= 1


def test_the_error_is_that_of_the_latest_change_not_of_an_older_one_reported_after_it(field):
    field.happened(
        "pump-1",
        EventFailed(change("UPDATED", 3), "AccessDeniedError"),
        EventFailed(change("UPDATED", 2), "RegistryThrottledError"),
    )

    [row] = field.document("failures", "failures", exit_code=1)["failures"]

    assert (row["error"], row["versionNumber"]) == ("AccessDeniedError", 3)


@pytest.mark.parametrize(
    ("filters", "things"),
    [
        pytest.param(["--error", "ThingBusyError"], {"valve-1"}, id="error"),
        pytest.param(["--thing", "pump-*"], {"pump-1"}, id="pattern"),
        pytest.param(["--since", "1d"], set(), id="younger-than-all"),
        pytest.param(["--older-than", "1d"], {"pump-1", "valve-1"}, id="older"),
        pytest.param(["--error", "ThingBusyError", "--thing", "pump-*"], set(), id="both"),
    ],
)
def test_filters_choose_what_is_listed(field, filters, things):
    """The journal's samples are of November 2025."""
    fail(field, "pump-1", "AccessDeniedError")
    fail(field, "valve-1", "ThingBusyError")

    done = field.document("failures", "failures", *filters, exit_code=1 if things else 0)

    assert {row["thing"] for row in done["failures"]} == things


def test_a_spreadsheet_gets_one_line_for_each_failure(field):
    fail(field, "pump-1", "AccessDeniedError")

    done = field.call("failures", "--csv")

    [row] = csv.DictReader(done.stdout.splitlines())
    assert (row["thing"], row["error"], row["outcome"]) == ("pump-1", "AccessDeniedError", "failed")


def test_of_many_failures_some_are_shown_and_the_rest_is_counted(field):
    for number in range(12):
        fail(field, f"pump-{number}", "AccessDeniedError")

    printed = field.printed("failures", exit_code=1)

    assert "and 2 more: thingsync failures --error AccessDeniedError" in printed
    assert "more:" not in field.printed("failures", "--error", "AccessDeniedError", exit_code=1)


def test_no_failures_is_good_news(field):
    field.happened("pump-7", accepted(), DeviceCreated(change(), CREATED.device))

    assert field.printed("failures") == "No thing has failed or been rejected.\n"


@pytest.mark.parametrize(
    "arguments",
    [["--since", "yesterday"], ["--older-than", "2 moons"], ["--csv", "--json"]],
    ids=["since", "older-than", "two-forms"],
)
def test_what_cannot_be_understood_is_a_wrong_call(field, arguments):
    assert field.call("failures", *arguments).exit_code == 2
