"""thingsync import of The Things Stack's own files, and export of what they say."""

import csv
import json
from pathlib import Path

import pytest

from tests.bulk_samples import DEVICE, dev_eui, written
from tests.contract.operate.test_import import registers, things
from tests.samples import DEV_EUI, JOIN_EUI

OFFICIAL = Path(__file__).parents[2] / "official"
CSV = OFFICIAL / "devices.csv"
KEYS = {"appKey", "nwkKey", "appSKey", "nwkSKey", "fNwkSIntKey", "sNwkSIntKey", "nwkSEncKey"}


@pytest.fixture
def registering(fleet):
    fleet.when_created = registers
    return fleet


def imported(fleet, tmp_path, file, *options, exit_code=0):
    done = fleet.call("import", file, "--yes", "--report", tmp_path / "report.csv", *options)
    assert done.exit_code == exit_code, done.output
    return done


def without(attributes, names):
    return {name: text for name, text in attributes.items() if name not in names}


def test_the_official_csv_is_imported_whole_with_both_kinds_of_activation(registering, tmp_path):
    imported(registering, tmp_path, CSV)

    there = things(registering)
    with CSV.open(newline="") as file:
        assert there.keys() == {row["dev_eui"] for row in csv.DictReader(file, delimiter=";")}
    valve, meter = there["A81758FE50000E03"], there["A81758FE50000E05"]
    assert (valve["rx1Delay"], valve["supports32BitFCnt"], valve["supportsClassC"]) == ("1", "false", "false")
    assert (meter["devAddr"], meter["lastFCntUp"], meter["lastAFCntDown"]) == ("00B6F065", "17", "2")
    assert meter.keys().isdisjoint(("joinEUI", "appKey"))
    assert there["A81758FE50000E04"]["modelID"] == "fjord-beacon"


@pytest.mark.parametrize("name", ["devices.array.json", "devices.stream.json"])
def test_the_official_json_is_imported_whole(registering, tmp_path, name):
    done = imported(registering, tmp_path, OFFICIAL / name)

    there = things(registering)
    assert there.keys() == {f"A81758FE50000F0{number}" for number in (1, 2, 3)}
    assert there["A81758FE50000F01"]["label:room"] == "1-12"
    printed = " ".join(done.stderr.split())
    assert "A81758FE50000F01: its session cannot be copied: the device must join again." in printed
    assert "A81758FE50000F02: its payload formatter FORMATTER_JAVASCRIPT cannot be said by a thing" in printed
    with (tmp_path / "report.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["line"] for row in rows] == ["1", "2", "3"]
    assert "the device must join again; it has its own keys" in rows[0]["warning"]


def test_one_device_may_come_from_the_standard_input(registering, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    done = registering.call("import", "-", "--yes", answers=(OFFICIAL / "device.json").read_text())

    assert (done.exit_code, things(registering).keys()) == (0, {"A81758FE50000F01"}), done.output


def test_a_file_is_what_it_is_and_not_what_it_is_named(registering, tmp_path):
    (tmp_path / "devices.csv").write_bytes((OFFICIAL / "device.json").read_bytes())
    (tmp_path / "devices.json").write_bytes(CSV.read_bytes())

    imported(registering, tmp_path, tmp_path / "devices.csv")
    imported(registering, tmp_path, tmp_path / "devices.json")

    assert len(things(registering)) == 7


@pytest.mark.parametrize("name", ["devices.csv", "devices.array.json"])
def test_what_was_imported_is_exported_without_keys_and_read_back_unchanged(registering, tmp_path, name):
    imported(registering, tmp_path, OFFICIAL / name)
    before = things(registering)

    assert registering.call("export", tmp_path / "things.csv").exit_code == 0
    table = (tmp_path / "things.csv").read_text()
    done = imported(registering, tmp_path, tmp_path / "things.csv", "--update")

    assert f"0 to add, 0 to change, {len(before)} unchanged" in done.stderr
    assert things(registering) == before
    secrets = [each[key] for each in before.values() for key in KEYS if key in each]
    assert secrets
    assert [key for key in secrets if key in table] == []
    again = imported(registering, tmp_path, OFFICIAL / name, "--update")
    assert f"0 to add, 0 to change, {len(before)} unchanged" in again.stderr


def test_an_export_has_a_column_for_each_label_of_the_fleet(fleet, tmp_path):
    fleet.registered("pump-1", dev_eui(1), **{"label:room": "12"})
    fleet.registered("pump-2", dev_eui(2), **{"label:floor": "3", "latitude": "-33.8", "longitude": "151.2"})

    fleet.call("export", tmp_path / "things.csv")

    with (tmp_path / "things.csv").open(newline="") as file:
        rows = {row["thingName"]: row for row in csv.DictReader(file)}
    assert [*rows["pump-1"]][-2:] == ["label:floor", "label:room"]
    assert (rows["pump-1"]["label:room"], rows["pump-1"]["label:floor"]) == ("12", "")
    assert rows["pump-2"]["latitude"] == "'-33.8"
    [one, two] = fleet.lines("export", "export")
    assert (one["label:room"], two["label:floor"]) == ("12", "3")


def test_labels_and_numbers_that_mean_the_same_are_the_same(registering, tmp_path):
    columns = ["latitude", "longitude", "supports_class_c", "label:room"]
    first = written(tmp_path / "a.csv", [*DEVICE, *columns], [*DEVICE.values(), "52.370", "4,90", "WAHR", "Room 1"])
    imported(registering, tmp_path, first)

    same = written(tmp_path / "b.csv", ["dev_eui", *columns], [DEV_EUI, "52,37", "4.9", "true", "Room_1"])
    done = imported(registering, tmp_path, same, "--update")
    other = written(tmp_path / "c.csv", ["dev_eui", *columns], [DEV_EUI, "52.38", "4.9", "0", "Room_2"])
    changed = registering.lines("import", "import", other, "--update", "--dry-run")
    plan = registering.call("import", other, "--update", "--dry-run")

    assert "1 unchanged" in done.stderr
    assert changed[0]["action"] == "change"
    printed = " ".join(plan.stderr.split())
    for text in ("latitude: 52.37 → 52.38", "supportsClassC: true → false", "label:room: 'Room_1' → 'Room_2'"):
        assert text in printed
    assert things(registering)[DEV_EUI]["label:room"] == "Room_1"


def test_a_german_spreadsheets_file_is_read(registering, tmp_path):
    text = (
        "sep=;\r\nDev EUI;Join EUI;LoRaWAN Version;Regional Parameters Version;App Key;Supports Class C;"
        "Latitude;Longitude;RX1 Delay\r\n"
        f'="70 B3 D5 7E D0 05 12 34";{JOIN_EUI.lower()};V1_0_3;1.0.3-a;'
        f"A0-A1-A2-A3-A4-A5-A6-A7-A8-A9-AA-AB-AC-AD-AE-AF;FALSCH;52,370216;-4,895168;5,0\r\n"
    )
    (tmp_path / "devices.csv").write_bytes(text.encode("utf-16-le"))

    imported(registering, tmp_path, tmp_path / "devices.csv")

    thing = things(registering)[DEV_EUI]
    assert thing["appKey"] == "A0A1A2A3A4A5A6A7A8A9AAABACADAEAF"
    assert [thing[name] for name in ("supportsClassC", "latitude", "longitude", "rx1Delay")] == [
        *("false", "52.370216", "-4.895168", "5")
    ]


def test_counters_of_a_device_that_is_there_are_told_and_not_written(registering, tmp_path):
    imported(registering, tmp_path, OFFICIAL / "devices.array.json")
    devices = json.loads((OFFICIAL / "devices.array.json").read_text())
    devices[1]["session"]["last_f_cnt_up"] = 4711
    later = tmp_path / "later.json"
    later.write_text(json.dumps(devices))

    done = imported(registering, tmp_path, later, "--update")

    printed = " ".join(done.stderr.split())
    assert "0 to change, 3 unchanged" in printed
    assert "A81758FE50000F02: its counters differ and are not written: they count only when a device is" in printed
    assert "must join again" not in printed


def test_bad_devices_are_named_by_their_number_and_field(fleet, tmp_path):
    devices = json.loads((OFFICIAL / "devices.array.json").read_text())
    devices[1]["session"]["dev_addr"] = "00B6F0"
    devices[2]["ids"]["dev_eui"] = devices[0]["ids"]["dev_eui"]
    file = tmp_path / "devices.json"
    file.write_text(json.dumps(devices))

    done = fleet.call("import", file, "--yes")

    assert (done.exit_code, things(fleet)) == (2, {})
    printed = " ".join(done.output.split())
    assert "device 2 (pump-2), session.dev_addr: must be 8 hex digits without separators, not all zero" in printed
    assert "device 3 (A81758FE50000F01), ids.dev_eui: is the same as in device 1" in printed
    assert "2 of 3 devices are bad" in printed


def test_a_field_may_be_ignored(registering, tmp_path):
    ignored = ("--ignore", "mac_settings.rx1_delay", "--ignore", "label:room")

    imported(registering, tmp_path, OFFICIAL / "device.json", *ignored)

    assert things(registering)["A81758FE50000F01"].keys().isdisjoint(("rx1Delay", "label:room"))


def test_a_field_that_is_none_cannot_be_ignored(fleet):
    done = fleet.call("import", OFFICIAL / "device.json", "--dry-run", "--ignore", "colour")

    assert (done.exit_code, "There is no field colour to ignore" in done.stderr) == (2, True)


def test_a_file_without_devices_creates_nothing(fleet, tmp_path):
    (tmp_path / "devices.json").write_text("[]")

    done = fleet.call("import", tmp_path / "devices.json", "--yes")

    assert (done.exit_code, "has no devices: there is nothing to create" in " ".join(done.stderr.split())) == (2, True)


def test_a_device_that_joins_cannot_become_one_that_is_activated_by_hand(registering, tmp_path):
    imported(registering, tmp_path, written(tmp_path / "joins.csv", [*DEVICE], [*DEVICE.values()]))
    session = {"dev_addr": "00B6F063", "app_s_key": DEVICE["app_key"], "f_nwk_s_int_key": DEVICE["app_key"]}
    by_hand = {name: text for name, text in DEVICE.items() if name != "app_key"} | session
    file = written(tmp_path / "by_hand.csv", [*by_hand], [*by_hand.values()])

    [line] = registering.lines("import", "import", file, "--yes", "--update", exit_code=1)

    assert (line["action"], things(registering)[DEV_EUI].get("devAddr")) == ("conflict", None)
    assert "exists, differs in devAddr (thing: (not given), file: 00B6F063)" in line["reason"]
    assert "it cannot be written: " in line["reason"]
    assert "(OTAA), or is activated by hand" in line["reason"]
