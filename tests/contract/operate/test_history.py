"""What happened to a thing, and what failed in the fleet."""

import csv

import pytest

from tests.journal_samples import CREATED, DELETION, accepted, change, device
from tests.samples import DEV_EUI, DEVICE_ID, JOIN_EUI
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
        f"removed device {DEVICE_ID} (DevEUI {DEV_EUI}, JoinEUI {JOIN_EUI})",
    ]
    assert [fact["device"] and fact["device"]["devEui"] for fact in document["things"][0]["facts"]] == [
        *(None, DEV_EUI),
        *(None, DEV_EUI),
    ]
    assert [life["devEui"] for life in document["things"]] == [DEV_EUI, None]
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
    assert document["failures"][0]["whatToDo"] == advice(Failure("AccessDeniedError", None), "pump-2")
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
        pytest.param(["--error", "ThingBusyError", "--thing", "valve-*"], {"valve-1"}, id="both"),
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


@pytest.mark.parametrize(
    ("filters", "listed"),
    [
        pytest.param(["--error", "invalidthingerror"], "--error invalidthingerror", id="an error's letter case"),
        pytest.param(["--thing", "zzz*"], "--thing 'zzz*'", id="no such thing"),
        pytest.param(["--thing", "zzz"], "--thing zzz", id="no thing of this name"),
        pytest.param(
            ["--error", "InvalidThingError", "--thing", "pump-*"],
            "--error InvalidThingError --thing 'pump-*'",
            id="no such error of such things",
        ),
        pytest.param(["--error", "Nonsense", "--since", "1h"], "--error Nonsense --since 1h", id="with a time"),
    ],
)
@pytest.mark.parametrize("form", [[], ["--json"], ["--csv"]], ids=["people", "json", "csv"])
def test_a_filter_that_matches_nothing_is_a_wrong_call_that_names_what_there_is(field, filters, listed, form):
    fail(field, "pump-1", "AccessDeniedError")
    fail(field, "pump-2", "AccessDeniedError")
    fail(field, "pump-3", "ThingBusyError")

    done = field.call("failures", *filters, *form)

    said = " ".join(done.stderr.split())
    assert f"No failure matches {listed}. There are: AccessDeniedError 2, ThingBusyError 1." in said
    assert (done.exit_code, done.stdout) == (2, "")


@pytest.mark.parametrize(
    "filters",
    [
        pytest.param(["--error", "AccessDeniedError", "--since", "1h"], id="failed before that"),
        pytest.param(["--since", "1h"], id="any, before that"),
        pytest.param(["--thing", "pump-2"], id="a thing that is well"),
        pytest.param(["--thing", "pump-[2-9]", "--error", "AccessDeniedError"], id="things that are well"),
    ],
)
def test_good_news_of_some_things_is_no_wrong_call_but_says_what_there_is(field, filters):
    fail(field, "pump-1", "AccessDeniedError")
    field.happened("pump-2", accepted(), DeviceCreated(change(), CREATED.device))

    printed = field.printed("failures", *filters)

    assert "There are: AccessDeniedError 1." in " ".join(printed.split())
    assert field.document("failures", "failures", *filters) == {"failures": []}


MISTAKES = [
    ("appKey: must be 32 hex digits", "appKey=…"),
    ("deviceID: must be lower-case; use {name}", "deviceID={name}"),
    ("nwkKey: is for LoRaWAN 1.1 alone. Remove it", "--unset nwkKey"),
    ("frequencyPlanID: there is no such plan (refused by the Network Server) [404 pkg/x:y]", "frequencyPlanID=…"),
    ("devEUI: is missing; the thing has DevEui: attribute names are case-sensitive", "devEUI=… --unset DevEui"),
    ("joinEUI: must be 16 hex digits", "joinEUI=…"),
    ("stackName: is missing", "stackName=…"),
    ("lorawanVersion: is missing; give one of 1.0", "lorawanVersion=…"),
]


def reject(field, number):
    message, arguments = MISTAKES[number % len(MISTAKES)]
    name = f"lot-{number:03}"
    rejected = EventRejected(change(), "InvalidThingError", message=message.format(name=name), dev_eui=DEV_EUI)
    field.happened(name, rejected)
    return message, f"thingsync set {name} {arguments.format(name=name)}"


def test_of_many_things_with_few_mistakes_one_command_tells_each_mistake_with_the_command_that_corrects_it(field):
    rejected = [reject(field, number) for number in range(40)]

    printed = " ".join(field.printed("failures", exit_code=1).split())

    assert "InvalidThingError rejected, 40 things" in printed
    assert printed.count("5 things ") == len(MISTAKES)
    for message, _ in rejected[-len(MISTAKES) :]:
        assert message.partition("; use")[0].partition(" [")[0] in printed
    for _, command in rejected[: len(MISTAKES)]:
        assert f"→ {command} " in f"{printed} "
    assert "lot-007, lot-015, lot-023, lot-031, lot-039" in printed
    assert "pkg/x:y" not in printed
    assert "[404 pkg/x:y]" in field.printed("failures", "--verbose", exit_code=1)


def test_of_one_error_every_thing_is_shown_with_its_own_reason(field):
    for number in range(16):
        reject(field, number)

    printed = " ".join(field.printed("failures", "--error", "InvalidThingError", exit_code=1).split())

    assert printed.count(" lot-") >= 16
    assert "lower-case; use lot-001" in printed
    assert "→ thingsync set lot-000 appKey=…" in printed


def test_programs_and_spreadsheets_get_the_whole_reason_with_what_the_device_is(field):
    field.happened(
        "pump-1",
        accepted(),
        EventRejected(change(), "InvalidThingError", message="frequencyPlanID: no [404 pkg/x:y]", dev_eui=DEV_EUI),
    )

    [row] = field.document("failures", "failures", exit_code=1)["failures"]
    [line] = csv.DictReader(field.call("failures", "--csv").stdout.splitlines())

    expected = {
        "reason": "frequencyPlanID: no [404 pkg/x:y]",
        "devEui": DEV_EUI,
        "deviceId": DEVICE_ID,
        "command": "thingsync set pump-1 frequencyPlanID=…",
    }
    assert row.items() >= expected.items()
    assert line.items() >= expected.items()
    assert "merge=true" in row["whatToDo"]


def test_history_says_why_and_what_a_removed_device_was(field):
    values = device(frequency_plan_id="EU_863_870_TTN", lorawan_version="MAC_V1_0_3")
    field.happened(
        "pump-7",
        EventRejected(change(), "InvalidThingError", message="appKey: is missing [404 x]", dev_eui=DEV_EUI),
        accepted(),
        DeviceCreated(change(), values),
        DeviceRemoved(DELETION, DEVICE_ID),
    )

    printed = " ".join(field.call("history", "pump-7").stdout.split())

    assert f"DevEUI {DEV_EUI}" in printed
    assert "rejected: InvalidThingError: appKey: is missing" in printed
    assert f"(DevEUI {DEV_EUI}, JoinEUI {JOIN_EUI}, frequencyPlanID EU_863_870_TTN, lorawanVersion 1.0.3)" in printed
    facts = field.document("history", "history", "pump-7")["things"][0]["facts"]
    assert (facts[0]["error"], facts[0]["reason"]) == ("InvalidThingError", "appKey: is missing [404 x]")
    assert facts[3]["device"]["values"]["frequencyPlanID"] == "EU_863_870_TTN"


def test_what_an_older_version_wrote_is_listed_by_the_names_in_its_facts(field):
    fail(field, "pump-1", "AccessDeniedError")
    field.as_an_older_version_wrote("pump-1")

    [row] = field.document("failures", "failures", exit_code=1)["failures"]

    assert (row["error"], row["run"], row["reason"]) == ("AccessDeniedError", change().run, None)


def test_no_fact_is_read_of_things_whose_snapshot_says_why(field):
    fail(field, "pump-1", "AccessDeniedError")
    field.without_facts("pump-1")

    [row] = field.document("failures", "failures", exit_code=1)["failures"]

    assert (row["error"], row["run"]) == ("AccessDeniedError", change().run)


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
