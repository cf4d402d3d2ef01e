"""thingsync list: what it shows of each thing, its filters and its shapes."""

import csv
import json

import jsonschema
import pytest

from operate.listing import FleetList
from operate.views.listing import ListFilter
from tests.contract.operate.field import SCHEMAS, WIDTH
from tests.journal_samples import CREATED, DELETION, FULL_DEVICE, UPDATE, accepted, change, device
from tests.samples import DEV_EUI, DEVICE_ID
from workflows.domain.facts import DeviceAdopted, DeviceClaimed, DeviceRemoved, EventFailed, EventRejected

REASON = "appKey: must be 32 hex digits without separators, not all zero"


def lines(field, *arguments, exit_code=0):
    done = field.call("list", *arguments, "--json")
    assert done.exit_code == exit_code, done.output
    found = [json.loads(line) for line in done.stdout.splitlines()]
    for line in found:
        jsonschema.validate(line, json.loads((SCHEMAS / "list.json").read_text()))
    return found


def names(field, *arguments):
    return [line["thing"] for line in lines(field, *arguments)]


@pytest.fixture
def fleet_of_six(field):
    """One thing of each status, and two devices that were registered in different ways."""
    field.happened("claimed", accepted(device_id="claimed"), DeviceClaimed(change(), FULL_DEVICE))
    theirs = device(method="adopted", device_id="theirs", dev_eui="70B3D57ED0000002")
    field.happened("adopted", accepted(device_id="theirs"), DeviceAdopted(change(), theirs))
    field.happened("busy", accepted(device_id="busy", thing_name="busy"))
    field.happened("rejected", EventRejected(change(), "InvalidThingError", message=REASON, dev_eui="70B3D57ED0000003"))
    field.happened("failed", accepted(device_id="failed"), EventFailed(change(), "AccessDeniedError", message="No."))
    of = change("DELETED", 2, "other-v2-DELETED")
    gone = device(device_id="gone", dev_eui="70B3D57ED0000004")
    field.happened("gone", accepted(device_id="gone"), DeviceAdopted(change(), gone), DeviceRemoved(of, "gone"))
    return field


def test_what_needs_attention_comes_first_and_what_is_gone_is_left_out(fleet_of_six):
    assert names(fleet_of_six) == ["failed", "rejected", "busy", "claimed", "adopted"]


def test_programs_read_all_that_is_known_of_a_thing(fleet_of_six):
    by_name = {line["thing"]: line for line in lines(fleet_of_six)}

    claimed, rejected, adopted = by_name["claimed"], by_name["rejected"], by_name["adopted"]
    assert (claimed["devEui"], claimed["deviceId"], claimed["method"]) == (DEV_EUI, DEVICE_ID, "claimed")
    assert (claimed["name"], claimed["frequencyPlanId"]) == ("Pump 7", "EU_863_870_TTN")
    assert (claimed["lorawanVersion"], claimed["regionalParametersVersion"]) == ("1.0.3", "1.0.3-a")
    assert claimed["onlyDeviceKnows"] == []
    assert (rejected["error"], rejected["reason"]) == ("InvalidThingError", REASON)
    assert (rejected["devEui"], rejected["method"], rejected["frequencyPlanId"]) == ("70B3D57ED0000003", None, None)
    assert (adopted["frequencyPlanId"], "frequencyPlanId" in adopted["onlyDeviceKnows"]) == (None, True)


def test_people_read_a_line_for_each_thing_and_why_it_failed_below(fleet_of_six):
    printed = fleet_of_six.printed("list").splitlines()

    assert printed[0].split() == ["Thing", "DevEUI", "Status", "Since", "Plan"]
    assert [line.split()[0] for line in printed[1::1] if not line.startswith(" ")] == names(fleet_of_six)
    assert f"  InvalidThingError: {REASON}"[: WIDTH - 1] in "\n".join(printed)
    assert any(line.split()[:3] == ["claimed", DEV_EUI, "registered"] for line in printed)
    assert any(line.endswith("  EU_863_870_TTN") and line.startswith("claimed") for line in printed)
    assert any("(device's)" in line for line in printed if line.startswith("adopted"))


def test_a_wide_terminal_shows_more_and_a_long_name_is_never_cut(fleet_of_six, monkeypatch):
    monkeypatch.setenv("COLUMNS", "170")
    long_name = "thingsync_eui-70b3d57ed0000005-" + "x" * 60
    fleet_of_six.happened(long_name, EventRejected(change(), "InvalidThingError"))

    printed = fleet_of_six.call("list").stdout

    assert "1.0.3 1.0.3-a" in printed
    assert "Pump 7" in printed
    assert long_name in printed.splitlines()


def test_spreadsheets_get_all_columns(fleet_of_six):
    rows = list(csv.DictReader(fleet_of_six.call("list", "--format", "csv").stdout.splitlines()))

    assert [row["thing"] for row in rows] == names(fleet_of_six)
    assert rows[1]["reason"] == REASON
    assert rows[4]["frequencyPlanId"] == "(device's)"


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--status", "rejected"], ["rejected"]),
        (["--status", "rejected,failed"], ["failed", "rejected"]),
        (["--status", "rejected", "--status", "in-flight"], ["rejected", "busy"]),
        (["--status", "inFlight"], ["busy"]),
        (["--status", "removed"], ["gone"]),
        (["--name", "cl*"], ["claimed"]),
        (["--name", "PUMP*"], ["claimed"]),
        (["--eui", DEV_EUI.lower()], ["claimed"]),
        (["--eui", "70-B3-D5-7E-D0-00-00-04"], ["gone"]),
        (["--eui", "70b3-d57e-*04"], ["gone"]),
        (["--eui", "*0003"], ["rejected"]),
        (["--plan", "eu_863_870_ttn"], ["claimed"]),
        (["--error", "AccessDeniedError"], ["failed"]),
        (["--status", "registered", "--name", "*ed", "--plan", "EU_863_870_TTN"], ["claimed"]),
        (["--limit", "2"], ["failed", "rejected"]),
        (["--limit", "0", "--status", "failed"], ["failed"]),
    ],
)
def test_each_filter_leaves_what_it_says(fleet_of_six, options, found):
    assert names(fleet_of_six, *options) == found


def test_the_age_of_a_status_is_a_filter(field):
    """Samples are of the past."""
    field.happened("pump-7", EventRejected(change(), "InvalidThingError"))

    assert names(field, "--since", "9999w") == ["pump-7"]
    assert lines(field, "--since", "30m", exit_code=2) == []


@pytest.mark.parametrize(
    ("options", "texts"),
    [
        (["--status", "skipped"], ["No thing matches --status skipped", "registered 2", "rejected 1", "removed 1"]),
        (["--plan", "EU868"], ["--plan EU868", "plans EU_863_870_TTN 1"]),
        (["--error", "Nonsense"], ["--error Nonsense", "errors AccessDeniedError 1, InvalidThingError 1"]),
        (["--name", "zzz*"], ["--name zzz*", "statuses registered 2"]),
    ],
)
@pytest.mark.parametrize("shape", [[], ["--json"]], ids=["people", "programs"])
def test_a_filter_that_matches_nothing_says_what_there_is(fleet_of_six, options, texts, shape):
    done = fleet_of_six.call("list", *options, *shape)

    assert (done.exit_code, done.stdout) == (2, "")
    assert [text for text in texts if text not in " ".join(done.stderr.split())] == []


@pytest.fixture
def fleet_with_models(fleet_of_six):
    """``modelID`` and ``brandID`` as their user gave them; the removed thing's name has another thing now."""
    for name, attributes in {
        "claimed": {"modelID": "LHT65", "brandID": "dragino"},
        "adopted": {"modelID": "lht52", "brandID": "Dragino"},
        "busy": {"modelID": "lht65"},
        "failed": {"brandID": "dragino"},
        "gone": {"modelID": "lht65", "brandID": "dragino"},
        "elsewhere": {"modelID": "em300", "brandID": "milesight"},
    }.items():
        fleet_of_six.create_thing(name, **attributes)
    fleet_of_six.create_thing("rejected")
    return fleet_of_six


@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--model", "lht65"], ["busy", "claimed"]),
        (["--model", "LHT*"], ["busy", "claimed", "adopted"]),
        (["--model", "*"], ["busy", "claimed", "adopted"]),
        (["--model", "dragino/*"], ["claimed", "adopted"]),
        (["--model", "DRAGINO/lht65"], ["claimed"]),
        (["--model", "*/lht65"], ["busy", "claimed"]),
        (["--model", "lht*", "--status", "registered", "--name", "a*"], ["adopted"]),
        (["--model", "lht*", "--limit", "1"], ["busy"]),
    ],
)
def test_a_model_is_an_attribute_of_the_thing_in_aws_iot(fleet_with_models, options, found):
    assert names(fleet_with_models, *options) == found


@pytest.mark.parametrize("options", [["--model", "milesight/*"], ["--model", "lht65", "--status", "removed"]])
@pytest.mark.parametrize("shape", [[], ["--json"]], ids=["people", "programs"])
def test_a_model_that_matches_nothing_says_which_models_there_are(fleet_with_models, options, shape):
    done = fleet_with_models.call("list", *options, *shape)
    said = " ".join(done.stderr.split())

    assert (done.exit_code, done.stdout) == (2, "")
    assert f"--model {options[1]}. There are: statuses registered 2" in said
    assert "models lht65 1, dragino/LHT65 1, Dragino/lht52 1." in said


def test_a_fleet_without_models_says_which_attribute_is_missing(fleet_of_six):
    fleet_of_six.create_thing("claimed")

    done = fleet_of_six.call("list", "--model", "*")

    assert (done.exit_code, "No thing has the attribute modelID." in " ".join(done.stderr.split())) == (2, True)


@pytest.mark.parametrize(
    ("options", "passes"),
    [(["--model", "lht65"], 1), (["--model", "nothing"], 1), (["--name", "busy"], 0)],
)
def test_the_things_are_read_once_from_aws_iot_and_only_for_a_model(fleet_with_models, options, passes):
    operator, read = fleet_with_models.operator(), []
    operator.clients.iot.meta.events.register("before-call.iot.ListThings", lambda **_: read.append("a page"))
    fleet_with_models.operator = lambda: operator

    fleet_with_models.call("list", *options)

    assert len(read) == passes


def test_an_empty_fleet_is_no_wrong_call(field):
    done = field.call("list")

    assert (done.exit_code, done.stdout) == (0, "")
    assert "has no things yet" in done.stderr


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--status", "faild"], "There is no status faild. The statuses are: failed, rejected, in flight"),
        (["--eui", "70B3"], "--eui 70B3 is not a DevEUI"),
        (["--since", "soon"], "is not a duration"),
        (["--format", "csv", "--json"], "not both"),
        (["--watch", "--json"], "leave out --json"),
    ],
)
def test_options_that_cannot_be_understood_are_a_wrong_call(field, options, text):
    done = field.call("list", *options)

    assert (done.exit_code, text in " ".join(done.stderr.split())) == (2, True)


def test_the_first_lines_are_there_before_the_fleet_is_read(fleet_of_six):
    operator, read = fleet_of_six.operator(), []
    operator.clients.dynamodb.meta.events.register("before-call.dynamodb.Query", lambda **_: read.append("a page"))

    things = FleetList(operator, ListFilter()).things()

    assert [next(things).thing_name, len(read)] == ["failed", 1]
    assert [next(things).thing_name, len(read)] == ["rejected", 2]


def test_a_thing_is_found_by_its_dev_eui_without_reading_the_others(fleet_of_six):
    operator, read = fleet_of_six.operator(), []
    operator.clients.dynamodb.meta.events.register(
        "provide-client-params.dynamodb.Query", lambda params, **_: read.append(params["IndexName"])
    )

    assert [each.thing_name for each in FleetList(operator, ListFilter(dev_eui=DEV_EUI)).things()] == ["claimed"]
    assert read == ["ByDevEui"]


def test_it_is_shown_again_until_somebody_ends_it(fleet_of_six):
    printed = fleet_of_six.printed("list", "--watch", "--every", "0s", "--rounds", "3", "--status", "rejected")

    assert printed.count("rejected") >= 3
    assert printed.count("Ctrl-C ends") == 3


def test_what_does_not_match_yet_is_waited_for(field):
    assert "No thing matches now" in field.printed("list", "--watch", "--every", "0s", "--rounds", "1", "--name", "x")


def test_a_change_that_was_rejected_is_listed_with_the_device_that_it_left(field):
    field.happened(
        "pump-7", accepted(), CREATED, EventRejected(UPDATE, "ImmutableChangeError", dev_eui="70B3D57ED0000009")
    )

    [line] = lines(field)

    assert (line["status"], line["devEui"], line["error"]) == ("rejected", DEV_EUI, "ImmutableChangeError")


def test_a_removed_thing_keeps_its_dev_eui(field):
    field.happened("pump-7", accepted(), CREATED, accepted(DELETION), DeviceRemoved(DELETION, DEVICE_ID))

    assert [line["devEui"] for line in lines(field, "--status", "removed")] == [DEV_EUI]
