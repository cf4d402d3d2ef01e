"""thingsync import and export on a fleet in moto."""

import csv
import io

import pytest

from tests.bulk_samples import DEVICE, dev_eui, device_row, written
from tests.contract.operate.fleet import registration, rejection
from tests.journal_samples import accepted, change
from tests.samples import APP_KEY, DEV_EUI, JOIN_EUI, SECRET, STACK, registered_device
from workflows.domain.facts import DeviceAdopted, DeviceCreated, EventRejected


def devices_file(tmp_path, *rows):
    return written(tmp_path / "devices.csv", [*DEVICE], *rows)


def registers(thing_name):
    return registration(registered_device(device_id=f"eui-{thing_name.lower()}"))


def reported(tmp_path):
    with (tmp_path / "devices.csv.report.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def things(fleet):
    return {each["thingName"]: each["attributes"] for each in fleet.iot.list_things()["things"]}


def test_a_file_is_registered(fleet, tmp_path):
    fleet.when_created = registers
    file = devices_file(tmp_path, *(device_row(number) for number in range(1, 13)))

    done = fleet.call("import", file, "--yes", "--rate", 100)

    assert done.exit_code == 0, done.output
    assert things(fleet).keys() == {dev_eui(number) for number in range(1, 13)}
    assert things(fleet)[dev_eui(1)]["stackName"] == STACK
    assert [row["outcome"] for row in reported(tmp_path)] == ["registered"] * 12
    assert reported(tmp_path)[0] == {
        "line": "2",
        "thing": dev_eui(1),
        "device": f"eui-{dev_eui(1).lower()}",
        "action": "add",
        "outcome": "registered",
        "reason": "",
        "warning": "",
    }


def test_one_bad_row_keeps_the_whole_file_out(fleet, tmp_path):
    file = devices_file(tmp_path, device_row(1), device_row(2, app_key="xyz"), device_row(3, lorawan_version="9"))

    done = fleet.call("import", file, "--yes")

    assert (done.exit_code, things(fleet)) == (2, {})
    printed = " ".join(done.stdout.split())
    assert f"line 3 ({dev_eui(2)}), app_key: must be 32 hex digits" in printed
    assert f"line 4 ({dev_eui(3)}), lorawan_version: must be one of 1.0, 1.0.1" in printed
    assert "2 of 3 rows are bad, so nothing was created" in done.stderr
    assert "xyz" not in done.output


def test_ignored_columns_are_named_beside_bad_rows(fleet, tmp_path):
    """A column that nobody reads may be why a value is missing."""
    file = written(
        tmp_path / "devices.csv", [*DEVICE, "lorawan_versoin"], [*device_row(1, lorawan_version=""), "1.0.3"]
    )

    done = fleet.call("import", file, "--yes")

    assert done.exit_code == 2
    assert "Ignored columns: column 6." in done.stderr


def test_bad_rows_fit_the_terminal_of_their_reader(fleet, tmp_path):
    file = devices_file(tmp_path, device_row(1, app_key="xyz", lorawan_version="9"))

    printed = fleet.printed("import", file, exit_code=2)

    assert printed.startswith(f"line 2 ({dev_eui(1)}), lorawan_version: must be one of")


def test_a_file_without_rows_creates_nothing(fleet, tmp_path):
    done = fleet.call("import", devices_file(tmp_path), "--yes")

    assert done.exit_code == 2
    assert "has a header and no rows" in " ".join(done.stderr.split())


def test_bad_rows_are_reported_to_programs_line_by_line(fleet, tmp_path):
    file = devices_file(tmp_path, device_row(1, app_key="xyz", dev_eui="0"), device_row(2))

    lines = fleet.lines("import", "import", file, exit_code=2)

    assert [(line["line"], line["column"]) for line in lines] == [(2, "dev_eui"), (2, "app_key")]


def test_the_plan_comes_before_the_question_and_no_means_no(fleet, tmp_path):
    file = written(
        tmp_path / "devices.csv",
        [*DEVICE, "name", "vendor_id"],
        [*device_row(1), "Pump 7", "259"],
        [*device_row(2), "Pump_8", ""],
    )

    done = fleet.call("import", file, answers="n\n")

    assert (done.exit_code, things(fleet)) == (4, {})
    printed = " ".join(done.stderr.split())
    assert "devices.csv: 2 to add, 0 to change, 0 unchanged." in printed
    assert "Things of type lorawan for the stack thingsync in eu-west-1, 40 a second" in printed
    assert "Create 2 things?" in printed
    assert "AWS IoT does not allow some characters in 1 name, description, label or QR code: they become _" in printed
    assert "Ignored columns: vendor_id" in printed
    assert f"{dev_eui(1)}: vendor_id and vendor_profile_id are not used; to name the model, give brand_id" in printed
    assert "Nothing was changed" in printed


def test_a_dry_run_creates_nothing_and_asks_nothing(fleet, tmp_path):
    done = fleet.call("import", devices_file(tmp_path, device_row(1)), "--dry-run")

    assert (done.exit_code, things(fleet)) == (0, {})


def test_programs_read_the_plan_of_a_dry_run_row_by_row(fleet, tmp_path):
    fleet.create_thing(dev_eui(1), devEUI=dev_eui(1), lorawanVersion="1.0.2")
    file = devices_file(tmp_path, device_row(1), device_row(2))

    lines = fleet.lines("import", "import", file, "--update", "--dry-run")

    assert [(line["action"], line["outcome"]) for line in lines] == [("change", "not reached"), ("add", "not reached")]


def test_what_the_pipeline_refuses_is_reported_with_its_reason(fleet, tmp_path):
    def follows(thing_name):
        return registers(thing_name) if thing_name == dev_eui(1) else rejection("joinEUI: is missing")

    fleet.when_created = follows
    file = devices_file(tmp_path, device_row(1), device_row(2))

    lines = fleet.lines("import", "import", file, "--yes", exit_code=1)

    assert [(line["outcome"], line["reason"]) for line in lines] == [
        ("registered", ""),
        ("rejected", "InvalidThingError: joinEUI: is missing"),
    ]


def test_the_terminal_shows_the_most_frequent_reasons_once(fleet, tmp_path):
    rejected = EventRejected(change(), "InvalidThingError", message="joinEUI: is missing [400 pkg/x:y]")
    fleet.when_created = lambda _thing_name: [rejected]

    done = fleet.call("import", devices_file(tmp_path, *map(device_row, (1, 2, 3))), "--yes")

    printed = " ".join(done.stderr.split())
    assert f"3 rejected {dev_eui(1)} and 2 more: InvalidThingError: joinEUI: is missing Report:" in printed


DIFFERENCES = ("frequencyPlanID: the device has EU_863_870", "appKey: whether the device has this key is not known")


@pytest.mark.parametrize(
    ("differences", "exit_code", "expected"),
    [
        pytest.param(DIFFERENCES, 1, f". It does not have: {'; '.join(DIFFERENCES)}", id="and has other values"),
        pytest.param((), 0, "", id="and has the same"),
    ],
)
def test_a_device_that_was_there_before_is_reported_by_its_own_id_and_by_what_it_does_not_have(
    fleet, tmp_path, differences, exit_code, expected
):
    def adopts(_thing_name):
        device = registered_device(method="adopted", device_id="old-id", run="", differences=differences)
        return [accepted(), DeviceAdopted(change(), device)]

    fleet.when_created = adopts

    done = fleet.call("import", devices_file(tmp_path, device_row(1)), "--yes")

    [row] = reported(tmp_path)
    assert (done.exit_code, row["outcome"], row["device"]) == (exit_code, "adopted", "old-id")
    assert row["reason"] == f"the device existed before; it is linked and keeps its own values{expected}"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param([], "its parameter AdoptedDevices is NamesOnly", id="a stack that does not allow it"),
        pytest.param(["--no-wait"], "leave out --no-wait", id="nobody waits"),
    ],
)
def test_what_may_not_be_overwritten_is_refused_before_anything_is_created(fleet, tmp_path, options, expected):
    done = fleet.call("import", devices_file(tmp_path, device_row(1)), "--yes", "--overwrite", *options)

    assert (done.exit_code, things(fleet)) == (2, {})
    assert expected in " ".join(done.stderr.split())


def test_nobody_need_wait(fleet, tmp_path):
    done = fleet.call("import", devices_file(tmp_path, device_row(1)), "--yes", "--no-wait")

    assert done.exit_code == 0
    assert [(row["outcome"]) for row in reported(tmp_path)] == ["created"]


def test_things_without_an_outcome_are_reported(fleet, tmp_path):
    done = fleet.call("import", devices_file(tmp_path, device_row(1)), "--yes", "--timeout", "0s")

    assert done.exit_code == 1
    assert "no outcome yet" in reported(tmp_path)[0]["reason"]


def test_an_interrupted_import_goes_on_where_it_was(fleet, tmp_path):
    """The user stops at the tenth thing."""
    heard = []

    def interrupted(thing_name):
        if len(heard) == 9:
            raise KeyboardInterrupt
        heard.append(thing_name)
        return registers(thing_name)

    fleet.when_created = interrupted
    file = devices_file(tmp_path, *(device_row(number) for number in range(1, 31)))
    first = fleet.call("import", file, "--yes", "--rate", 100)
    outcomes = {row["outcome"] for row in reported(tmp_path)}
    created = things(fleet).keys()
    for thing_name in created - set(heard):
        thing_id = fleet.iot.describe_thing(thingName=thing_name)["thingId"]
        fleet.happened(thing_name, *registers(thing_name), thing_id=thing_id)
    fleet.when_created = registers

    second = fleet.call("import", file, "--yes", "--rate", 100)

    assert (first.exit_code, second.exit_code) == (130, 0)
    assert "Interrupted: 0 of 30 have an outcome; run the same command again: it goes on" in first.stderr
    assert "not reached" in outcomes
    assert f"{30 - len(created)} to add, 0 to change, {len(created)} unchanged" in " ".join(second.stderr.split())
    assert f"{30 - len(created)} things created, 0 updated." in second.stderr
    assert [row["outcome"] for row in reported(tmp_path)] == ["registered"] * 30


@pytest.mark.parametrize(
    ("row", "ignored", "expected"),
    [
        pytest.param("01020304", (), "dev_addr and session keys (ABP), not both", id="both ways to be activated"),
        pytest.param("", ("--ignore", "colour"), "There is no column colour to ignore", id="no such column"),
    ],
)
def test_what_cannot_be_is_refused(fleet, tmp_path, row, ignored, expected):
    file = written(tmp_path / "devices.csv", [*DEVICE, "dev_addr"], [*device_row(1), row])

    done = fleet.call("import", file, "--yes", *ignored)

    assert (done.exit_code, things(fleet)) == (2, {})
    assert expected in " ".join(done.output.split())


@pytest.mark.parametrize(
    ("report", "expected"),
    [
        pytest.param("nowhere/report.csv", "cannot be written: No such file or directory.", id="no such folder"),
        pytest.param(".", "cannot be written: Is a directory.", id="a folder"),
        pytest.param("devices.csv", "would overwrite", id="the file itself"),
    ],
)
def test_a_report_that_cannot_be_written_is_reported_before_anything_is_created(fleet, tmp_path, report, expected):
    file = devices_file(tmp_path, device_row(1))
    content = file.read_text()

    done = fleet.call("import", file, "--yes", "--report", tmp_path / report)

    assert (done.exit_code, things(fleet), file.read_text()) == (2, {}, content)
    assert expected in done.stderr


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        pytest.param("nowhere.csv", "cannot be read: No such file or directory.", id="no such file"),
        pytest.param(".", "cannot be read: Is a directory.", id="a folder"),
    ],
)
def test_a_file_that_cannot_be_read_is_reported(fleet, monkeypatch, tmp_path, name, expected):
    monkeypatch.chdir(tmp_path)

    done = fleet.call("import", name, "--yes")

    assert done.exit_code == 2
    assert done.stderr.splitlines()[1:] == [f"{name} {expected}"]


class Interrupted(dict):
    """Outputs of a stack at which the user stops."""

    def __contains__(self, _):
        raise KeyboardInterrupt


@pytest.mark.parametrize("command", [["import", "devices.csv"], ["reconcile"], ["status"]], ids="-".join)
def test_a_user_who_stops_before_anything_is_done_is_reported_as_interrupted(fleet, command):
    fleet.outputs = Interrupted(fleet.outputs)

    assert fleet.call(*command).exit_code == 130


def test_a_column_that_cannot_be_honoured_may_be_left_out(fleet, tmp_path):
    fleet.when_created = registers
    file = written(tmp_path / "devices.csv", [*DEVICE, "dev_addr"], [*device_row(1), "01020304"])

    done = fleet.call("import", file, "--yes", "--ignore", "dev_addr")

    assert done.exit_code == 0, done.output


PLANNED = [*DEVICE, "frequency_plan_id"]


def planned_rows(*plans):
    return [[*device_row(number), plan] for number, plan in enumerate(plans, start=1)]


def planned_file(tmp_path, *plans):
    return written(tmp_path / "devices.csv", PLANNED, *planned_rows(*plans))


@pytest.fixture
def with_a_wrong_plan(fleet, tmp_path):
    """Three devices are registered; the second one's plan is rejected."""
    fleet.when_created = lambda name: rejection() if name == dev_eui(2) else registers(name)
    assert fleet.call("import", planned_file(tmp_path, "EU868", "EU868", "EU868"), "--yes").exit_code == 1
    return fleet


def test_a_file_that_differs_is_not_written_without_update(with_a_wrong_plan, tmp_path):
    file = planned_file(tmp_path, "EU868", "EU_863_870_TTN", "EU868", "EU868")

    done = with_a_wrong_plan.call("import", file, "--yes")

    printed = " ".join(done.stderr.split())
    assert "1 to add, 1 to change (frequencyPlanID: EU868 → EU_863_870_TTN), 2 unchanged." in printed
    assert "1 differs; give --update to change them." in printed
    assert done.exit_code == 1
    assert [(row["action"], row["outcome"]) for row in reported(tmp_path)] == [
        ("unchanged", "registered"),
        ("change", "conflict"),
        ("unchanged", "registered"),
        ("add", "registered"),
    ]
    assert reported(tmp_path)[1]["reason"] == (
        "exists, differs in frequencyPlanID (thing: EU868, file: EU_863_870_TTN); "
        "to write it: thingsync import --update"
    )
    assert things(with_a_wrong_plan)[dev_eui(2)]["frequencyPlanID"] == "EU868"


def test_a_correction_in_the_file_is_written_with_update_and_the_rest_stays_untouched(with_a_wrong_plan, tmp_path):
    fleet = with_a_wrong_plan
    written_to = []

    def corrected():
        device = registered_device(device_id=f"eui-{dev_eui(2).lower()}")
        update = change("UPDATED", 2)
        fleet.happened(dev_eui(2), accepted(update), DeviceCreated(update, device), thing_id=thing_id)
        written_to.append(dev_eui(2))

    thing_id = fleet.iot.describe_thing(thingName=dev_eui(2))["thingId"]
    fleet.answers["UpdateThing"] = corrected
    before = things(fleet)

    lines = fleet.lines(
        "import", "import", planned_file(tmp_path, "EU868", "EU_863_870_TTN", "EU868"), "--yes", "--update"
    )

    assert [(line["action"], line["outcome"]) for line in lines] == [
        ("unchanged", "registered"),
        ("change", "registered"),
        ("unchanged", "registered"),
    ]
    assert written_to == [dev_eui(2)]
    assert things(fleet) == before | {dev_eui(2): before[dev_eui(2)] | {"frequencyPlanID": "EU_863_870_TTN"}}
    assert (tmp_path / "devices.csv.report.1.csv").exists()


@pytest.fixture
def under_other_names(fleet):
    """Five things have names of their own. Two were rejected: one has a wrong plan, one a key of 31 digits."""
    mistakes = {2: {"frequencyPlanID": "EU868"}, 4: {"appKey": APP_KEY[:31]}}
    for number in range(1, 6):
        name, eui = f"lot-{number:03}", dev_eui(number)
        given = {"frequencyPlanID": "EU_863_870_TTN", "devEUI": eui, "deviceID": f"lot-{number}"}
        thing_id = fleet.create_thing(name, **given | mistakes.get(number, {}))
        device = registered_device(device_id=f"lot-{number}", dev_eui=eui)
        rejected = [EventRejected(change(), "InvalidThingError", dev_eui=eui)]
        fleet.happened(name, *(rejected if number in mistakes else registration(device)), thing_id=thing_id)
    return fleet


def in_own_columns(tmp_path, numbers=range(1, 6)):
    """The file that The Things Stack would import: it knows no thing."""
    rows = ([f"lot-{number}", *device_row(number), "EU_863_870_TTN"] for number in numbers)
    return written(tmp_path / "devices.csv", ["id", *PLANNED], *rows)


def test_a_file_that_names_no_things_corrects_those_that_have_its_dev_euis(under_other_names, tmp_path):
    fleet, written_to = under_other_names, []

    def corrected():
        """The next of the two is as the file says: its event follows."""
        right = ("EU_863_870_TTN", APP_KEY)
        there = {name: (each["frequencyPlanID"], each["appKey"]) for name, each in things(fleet).items()}
        [name] = [name for name in ("lot-002", "lot-004") if there[name] == right and name not in written_to]
        written_to.append(name)
        device = registered_device(device_id=f"lot-{int(name[-3:])}", dev_eui=dev_eui(int(name[-3:])))
        update = change("UPDATED", 2)
        thing_id = fleet.iot.describe_thing(thingName=name)["thingId"]
        fleet.happened(name, accepted(update), DeviceCreated(update, device), thing_id=thing_id)

    fleet.answers["UpdateThing"] = corrected
    done = fleet.call("import", in_own_columns(tmp_path), "--yes", "--update")

    printed = " ".join(done.stderr.split())
    assert done.exit_code == 0, done.output
    assert "0 to add, 2 to change (frequencyPlanID: EU868 → EU_863_870_TTN …), 3 unchanged." in printed
    assert "5 rows name no thing; they are about the things that have their DevEUIs: lot-001 …" in printed
    assert "lot-004: appKey: changed" in printed
    assert [(row["thing"], row["action"], row["outcome"]) for row in reported(tmp_path)] == [
        (f"lot-{number:03}", "change" if number in (2, 4) else "unchanged", "registered") for number in range(1, 6)
    ]
    assert things(fleet).keys() == {f"lot-{number:03}" for number in range(1, 6)}


def test_the_plan_shows_the_first_conflicts(under_other_names, tmp_path):
    table = [[f"pump-{number}", *device_row(number)] for number in range(1, 6)]

    done = under_other_names.call("import", written(tmp_path / "x.csv", ["thing", *DEVICE], *table), "--dry-run")

    printed = " ".join(done.stderr.split())
    assert "0 to add, 0 to change, 0 unchanged, 5 in conflict." in printed
    assert "line 4, pump-3: thing lot-003 has this DevEUI; " in printed
    assert "pump-4" not in printed
    assert "… and 2 more in conflict; the report lists all." in printed


def test_a_row_for_another_thing_of_the_same_dev_eui_is_a_conflict(under_other_names, tmp_path):
    before = things(under_other_names)
    table = [[name, *device_row(number)] for number, name in ((1, "lot-001"), (3, "pump-3"))]
    file = written(tmp_path / "devices.csv", ["thing", *DEVICE], *table)

    lines = under_other_names.lines("import", "import", file, "--yes", "--update", exit_code=1)

    assert [(line["thing"], line["action"]) for line in lines] == [("lot-001", "unchanged"), ("pump-3", "conflict")]
    assert "thing lot-003 has this DevEUI" in lines[1]["reason"]
    assert things(under_other_names) == before


def test_two_things_of_one_dev_eui_are_a_conflict_that_names_both(under_other_names, tmp_path):
    under_other_names.create_thing(dev_eui(2), devEUI=dev_eui(2).lower())
    rejected = EventRejected(change(), "DeviceConflictError", dev_eui=dev_eui(2))
    thing_id = under_other_names.iot.describe_thing(thingName=dev_eui(2))["thingId"]
    under_other_names.happened(dev_eui(2), rejected, thing_id=thing_id)

    [line] = under_other_names.lines(
        "import", "import", in_own_columns(tmp_path, [2]), "--yes", "--update", exit_code=1
    )

    assert line["action"] == "conflict"
    for text in (f"things {dev_eui(2)} (rejected) and lot-002 (rejected)", "aws iot delete-thing --thing-name"):
        assert text in line["reason"]


def test_euis_of_a_registered_device_are_reported_and_not_sent(with_a_wrong_plan, tmp_path):
    row = [*device_row(1, join_eui="0" * 16), "EU868"]
    file = written(tmp_path / "devices.csv", ["thing", *PLANNED], [dev_eui(1), *row])

    done = with_a_wrong_plan.call("import", file, "--yes", "--update")

    [reason] = [row["reason"] for row in reported(tmp_path)]
    assert done.exit_code == 1
    assert reason.startswith(f"exists, differs in joinEUI (thing: {JOIN_EUI}, file: {'0' * 16}); it cannot be written")
    assert reason.endswith("Delete the thing and create it again.")


def test_many_equal_problems_are_reported_once(fleet, tmp_path):
    file = devices_file(tmp_path, *(device_row(number, app_key="xyz") for number in range(1, 16)))

    done = fleet.call("import", file)

    lines = done.stdout.splitlines()
    assert lines[0].startswith("15 rows, app_key: must be 32 hex digits")
    assert done.stdout.count("must be 32 hex digits") == 1
    assert f"lines 2 ({dev_eui(1)}), 3 ({dev_eui(2)})" in " ".join(done.stdout.split())
    assert lines[-1] == "  … and 5 more; --json lists all."


def test_rows_may_come_from_the_standard_input(fleet, tmp_path, monkeypatch):
    fleet.when_created = registers
    monkeypatch.chdir(tmp_path)
    text = devices_file(tmp_path, device_row(1), device_row(2)).read_text()

    done = fleet.call("import", "-", "--yes", answers=text)

    assert (done.exit_code, things(fleet).keys()) == (0, {dev_eui(1), dev_eui(2)})
    assert "Report: import.report.csv" in done.stderr


def test_an_answer_cannot_come_from_the_same_place_as_the_rows(fleet, tmp_path):
    text = devices_file(tmp_path, device_row(1)).read_text()

    done = fleet.call("import", "-", answers=text)

    assert (done.exit_code, things(fleet)) == (2, {})
    assert "give --yes" in done.stderr


def test_an_export_has_no_keys_and_is_imported_again(fleet, tmp_path):
    fleet.create_thing("pump-1", name="Pump_1")
    reference = SECRET.replace(DEV_EUI, dev_eui(2))
    fleet.create_thing("pump-2", devEUI=dev_eui(2), appKey=reference)
    fleet.create_thing("theirs", devEUI=dev_eui(3), stackName="another-stack")

    done = fleet.call("export", tmp_path / "things.csv")

    text = (tmp_path / "things.csv").read_text()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert done.exit_code == 0
    assert [(row["thingName"], row["appKey"]) for row in rows] == [("pump-1", ""), ("pump-2", reference)]
    assert APP_KEY not in text
    again = fleet.call("import", tmp_path / "things.csv", "--yes", "--no-wait")
    assert again.exit_code == 0
    assert "things.csv: 0 to add, 0 to change, 2 unchanged." in " ".join(again.stderr.split())
    fleet.iot.delete_thing(thingName="pump-1")
    new = fleet.call("import", tmp_path / "things.csv", "--yes")
    assert "line 2 (pump-1), appKey: is missing" in " ".join(new.stdout.split())
    assert "line 3" not in new.stdout


def test_things_that_the_pipeline_rejects_do_not_keep_an_export_from_being_read_back(fleet, tmp_path):
    fleet.create_thing("pump-1", name="Pump_1")
    fleet.create_thing("pump-2", devEUI=dev_eui(2), lorawanVersion="1.0.9", supportsClassC="1")
    fleet.create_thing("pump-3", devEUI="xyz")
    file = tmp_path / "things.csv"
    fleet.call("export", file)
    file.write_text(file.read_text().replace("Pump_1", "Pump_One"))

    done = fleet.call("import", file, "--update", "--yes", "--no-wait")

    printed = " ".join(done.stderr.split())
    assert "things.csv: 0 to add, 1 to change" in printed
    assert "just as their things are, so they stay: 2 rows (pump-2, pump-3)" in printed
    assert (done.exit_code, things(fleet)["pump-1"]["name"]) == (1, "Pump_One")


def test_two_things_that_want_one_device_do_not_keep_an_export_from_being_read_back(fleet, tmp_path):
    """The pipeline has rejected one of each two, and both are as their rows say."""
    fleet.create_thing("pump-1", devEUI=dev_eui(0xA1))
    fleet.create_thing("pump-1-again", devEUI=dev_eui(0xA1).lower())
    fleet.create_thing("pump-2", devEUI=dev_eui(2), deviceID="pump-2")
    fleet.create_thing("pump-2-again", devEUI=dev_eui(3), deviceID="pump-2")
    fleet.create_thing("pump-4", devEUI=dev_eui(4), name="Pump_4")
    file = tmp_path / "devices.csv"
    fleet.call("export", file)
    file.write_text(file.read_text().replace("Pump_4", "Pump_Four"))

    done = fleet.call("import", file, "--update", "--yes", "--no-wait")

    printed = " ".join(done.stderr.split())
    assert "just as their things are, so they stay: 2 rows (pump-1-again, pump-2-again)" in printed
    assert (done.exit_code, things(fleet)["pump-4"]["name"]) == (1, "Pump_Four")
    [conflict] = [each for each in reported(tmp_path) if each["action"] == "conflict"]
    assert conflict["thing"] == "pump-1"
    assert "pump-1-again" in conflict["reason"]


def test_a_row_that_differs_from_its_thing_and_is_wrong_is_refused(fleet, tmp_path):
    fleet.create_thing("pump-2", devEUI=dev_eui(2), lorawanVersion="1.0.9")
    file = tmp_path / "things.csv"
    fleet.call("export", file)
    file.write_text(file.read_text().replace("1.0.9", "1.0.8"))

    assert fleet.call("import", file, "--update", "--yes", "--no-wait").exit_code == 2


def test_an_export_to_the_standard_output_is_nothing_but_the_table(fleet):
    fleet.create_thing("pump-1")

    done = fleet.call("export")

    assert [row["thingName"] for row in csv.DictReader(io.StringIO(done.stdout))] == ["pump-1"]
    assert "1 thing of the stack thingsync" in done.stderr


def test_an_export_for_another_stack_says_which_secrets_to_copy(fleet, tmp_path):
    fleet.create_thing("pump-1", appKey=SECRET, name="Pump_1")
    fleet.create_thing("pump-2", devEUI=dev_eui(2))

    done = fleet.call("export", tmp_path / "things.csv", "--for-stack", "other")

    rows = list(csv.DictReader(io.StringIO((tmp_path / "things.csv").read_text())))
    assert (done.exit_code, done.stdout) == (0, "")
    assert [(row["thingName"], row["stackName"], row["appKey"]) for row in rows] == [
        (
            "pump-1",
            "other",
            SECRET.replace("thingsync/thingsync", "thingsync/other").removesuffix("-AbCdEf"),
        ),
        ("pump-2", "other", ""),
    ]
    assert (
        "secret thingsync/thingsync/device/70B3D57ED0051234 -> thingsync/other/device/70B3D57ED0051234"
        in done.stderr.splitlines()
    )
    assert [line for line in done.stderr.splitlines() if line.startswith("lacks")] == ["lacks pump-2 appKey"]


def test_an_export_for_another_stack_fills_in_and_names_what_things_have_lost(fleet, tmp_path):
    thing_id = fleet.create_thing("pump-1", appKey=SECRET)
    fleet.iot.update_thing(thingName="pump-1", attributePayload={"attributes": {"appKey": ""}, "merge": True})
    device = registered_device(frequency_plan_id="EU_433", fingerprints={"appKey": "0f"})
    fleet.happened("pump-1", *registration(device), thing_id=thing_id)
    file = tmp_path / "things.csv"

    done = fleet.call("export", file, "--for-stack", "other")

    [row] = csv.DictReader(io.StringIO(file.read_text()))
    assert (done.exit_code, row["frequencyPlanID"], row["appKey"]) == (0, "EU_433", "")
    assert "lacks pump-1 appKey" in done.stderr.splitlines()


def test_an_export_for_programs_is_rewritten_too(fleet):
    fleet.create_thing("pump-1", appKey=SECRET)
    where = ("--for-stack", STACK, "--for-region", "us-gov-west-1", "--for-account", "444455556666")

    [line] = fleet.lines("export", "export", *where)

    assert (line["thingName"], line["stackName"]) == ("pump-1", STACK)
    assert line["appKey"].startswith("arn:aws-us-gov:secretsmanager:us-gov-west-1:444455556666:secret:thingsync/")


def test_references_that_cannot_be_rewritten_are_reported_and_the_exit_code_says_so(fleet, tmp_path):
    fleet.create_thing("pump-1", appKey=SECRET.replace(f"thingsync/{STACK}", "thingsync/third"))

    done = fleet.call("export", tmp_path / "things.csv", "--for-stack", "other")

    assert done.exit_code == 1
    assert "pump-1, appKey: names a secret outside of thingsync/thingsync/device/" in done.stderr.splitlines()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param(("--for-stack", STACK), "thingsync is this stack.", id="itself"),
        pytest.param(("--for-region", "us-east-1"), "need --for-stack", id="a region alone"),
        pytest.param(("--for-account", "444455556666"), "need --for-stack", id="an account alone"),
        pytest.param(("--for-stack", "other", "--for-region", "moon-1"), "AWS has no region moon-1", id="no region"),
        pytest.param(("--for-stack", "my stack"), "my stack is not a stack name", id="no stack's name"),
    ],
)
def test_another_stack_that_cannot_be_is_reported(fleet, options, expected):
    done = fleet.call("export", *options)

    assert (done.exit_code, done.stdout) == (2, "")
    assert expected in done.stderr


@pytest.mark.parametrize(
    ("file", "more", "expected"),
    [
        pytest.param("nowhere/things.csv", (), "cannot be written: No such file or directory.", id="no such folder"),
        pytest.param("things.csv", ("--json",), "--json writes no file", id="a file and JSON"),
    ],
)
def test_an_export_that_cannot_be_written_is_reported(fleet, tmp_path, file, more, expected):
    done = fleet.call("export", tmp_path / file, *more)

    assert done.exit_code == 2
    assert expected in done.stderr
    assert [*tmp_path.iterdir()] == []


def test_an_export_for_programs_has_what_is_there(fleet):
    fleet.create_thing("pump-1")

    [line] = fleet.lines("export", "export")

    assert line["thingName"] == "pump-1"
    assert "appKey" not in line
