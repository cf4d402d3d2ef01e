"""thingsync import and export on a fleet in moto."""

import csv
import io

import pytest

from tests.bulk_samples import DEVICE, dev_eui, device_row, written
from tests.contract.operate.fleet import registration, rejection
from tests.journal_samples import accepted, change
from tests.samples import APP_KEY, DEV_EUI, SECRET, STACK, registered_device
from workflows.domain.facts import DeviceAdopted


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
        "outcome": "registered",
        "reason": "",
    }


def test_one_bad_row_keeps_the_whole_file_out(fleet, tmp_path):
    file = devices_file(tmp_path, device_row(1), device_row(2, app_key="xyz"), device_row(3, lorawan_version="9"))

    done = fleet.call("import", file, "--yes")

    assert (done.exit_code, things(fleet)) == (2, {})
    assert "line 3, app_key: must be 32 hex digits" in done.stdout
    assert "line 4, lorawan_version: must be one of 1.0, 1.0.1" in done.stdout
    assert "2 of 3 rows are bad, so nothing was created" in done.stderr
    assert "xyz" not in done.output


def test_bad_rows_fit_the_terminal_of_their_reader(fleet, tmp_path):
    file = devices_file(tmp_path, device_row(1, app_key="xyz", lorawan_version="9"))

    printed = fleet.printed("import", file, exit_code=2)

    assert printed.startswith("line 2, lorawan_version: must be one of")


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
        [*DEVICE, "name", "brand_id"],
        [*device_row(1), "Pump 7", "elsys"],
        [*device_row(2), "Pump_8", ""],
    )

    done = fleet.call("import", file, answers="n\n")

    assert (done.exit_code, things(fleet)) == (4, {})
    printed = " ".join(done.stderr.split())
    assert "2 things of type lorawan for the stack thingsync in eu-west-1, 40 a second" in printed
    assert "AWS IoT does not allow some characters in 1 names, descriptions or QR codes: they become _" in printed
    assert "Ignored columns: brand_id" in printed
    assert "Nothing was changed" in printed


def test_a_dry_run_creates_nothing_and_asks_nothing(fleet, tmp_path):
    done = fleet.call("import", devices_file(tmp_path, device_row(1)), "--dry-run")

    assert (done.exit_code, things(fleet)) == (0, {})


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

    def interrupted(thing_name):
        if len(things(fleet)) == 10:
            raise KeyboardInterrupt
        return registers(thing_name)

    fleet.when_created = interrupted
    file = devices_file(tmp_path, *(device_row(number) for number in range(1, 31)))
    first = fleet.call("import", file, "--yes", "--rate", 100)
    outcomes = {row["outcome"] for row in reported(tmp_path)}
    fleet.when_created = lambda name: registers(f"{name}-again")  # moto makes a thing of the same name again

    second = fleet.call("import", file, "--yes", "--rate", 100)

    assert (first.exit_code, second.exit_code) == (130, 0)
    assert "not reached" in outcomes
    assert [row["outcome"] for row in reported(tmp_path)] == ["registered"] * 30


@pytest.mark.parametrize(
    ("row", "ignored", "expected"),
    [
        pytest.param("01020304", (), "cannot copy a session", id="a session"),
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
    assert done.stderr == f"{name} {expected}\n"


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
    checked = fleet.call("import", tmp_path / "things.csv", "--dry-run")
    assert "line 2, appKey: is missing" in " ".join(checked.stdout.split())
    assert "line 3" not in checked.stdout


def test_an_export_to_the_standard_output_is_nothing_but_the_table(fleet):
    fleet.create_thing("pump-1")

    done = fleet.call("export")

    assert [row["thingName"] for row in csv.DictReader(io.StringIO(done.stdout))] == ["pump-1"]
    assert "1 things of the stack thingsync" in done.stderr


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
    assert "1 of them have a key, a code or a QR code" in " ".join(done.stderr.split())


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

    assert (done.exit_code, done.stdout) == (2, "")
    assert expected in done.stderr


def test_an_export_for_programs_has_what_is_there(fleet):
    fleet.create_thing("pump-1")

    [line] = fleet.lines("export", "export")

    assert line["thingName"] == "pump-1"
    assert "appKey" not in line
