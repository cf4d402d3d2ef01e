"""Many devices at once: imported from a file, compared in all places, repaired."""

import csv
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.commands import interrupted, interruptible, thingsync
from tests.e2e.field import Simulator, Stack, eventually

HEADER = ("dev_eui", "join_eui", "name", "frequency_plan_id", "lorawan_version", "lorawan_phy_version", "app_key")
IMPORTED = 60
OFFICIAL = Path(__file__).parents[1] / "official"


def dev_eui_of(run_id: str, number: int) -> str:
    return f"70B3D5{number:02X}{run_id.upper()}"


def rows(run_id: str, count: int) -> Iterator[list[str]]:
    for number in range(count):
        key = f"{number:032X}".replace("0", "A")
        eui = dev_eui_of(run_id, number)
        yield [eui, "70B3D57ED0000001", f"Bulk {number}", "EU_863_870_TTN", "MAC_V1_0_3", "PHY_V1_0_3_REV_A", key]


def written(path: Path, table: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8-sig") as file:
        csv.writer(file, delimiter=";", lineterminator="\r\n").writerows([HEADER, *table])
    return path


def with_bad_rows(table: list[list[str]], count: int) -> list[list[str]]:
    """Spoil the key of every sixth row."""
    bad = set(range(0, 6 * count, 6))
    return [[*row[:-1], "not a key"] if number in bad else row for number, row in enumerate(table)]


def names(stack: Stack, run_id: str) -> set[str]:
    pages = stack.iot.get_paginator("list_things").paginate()
    return {thing["thingName"] for page in pages for thing in page["things"] if run_id.upper() in thing["thingName"]}


def test_a_file_is_imported_whole_or_not_at_all_and_goes_on_after_an_interruption(
    stack: Stack, simulator: Simulator, run_id: str, tmp_path: Path
):
    table = list(rows(run_id, IMPORTED))
    file = written(tmp_path / "devices.csv", with_bad_rows(table, 10))

    refused = thingsync("import", file, "--yes")
    created_of_refused = names(stack, run_id)
    written(file, table)
    importing = interruptible("import", str(file), "--yes", "--rate", "1")
    eventually(lambda: len(names(stack, run_id)) >= 5 or None, "the first things of the import")
    ended = interrupted(importing)
    created_by_then = len(names(stack, run_id))
    resumed = thingsync("import", file, "--yes")

    assert (refused.returncode, "10 rows, app_key: " in refused.stdout, created_of_refused) == (2, True, set())
    assert "10 of 60 rows are bad" in refused.stderr
    assert (ended, 5 <= created_by_then < IMPORTED) == (130, True)
    assert resumed.returncode == 0, resumed.stderr
    with (tmp_path / "devices.csv.report.csv").open(newline="") as report:
        outcomes = [(row["line"], row["thing"], row["outcome"]) for row in csv.DictReader(report)]
    assert outcomes == [(str(number + 2), row[0], "registered") for number, row in enumerate(table)]
    held = simulator.state()["is"]
    assert held[f"demo-app/eui-{table[7][0].lower()}"]["name"] == "Bulk_7"


def reported(file: Path) -> list[dict[str, str]]:
    with file.with_name(f"{file.name}.report.csv").open(newline="") as report:
        return list(csv.DictReader(report))


def test_the_same_file_spelled_otherwise_is_the_same_devices(stack: Stack, run_id: str, tmp_path: Path):
    """The first thing was made by hand, in lower case and with the versions' short names."""
    table = list(rows(run_id, 3))
    eui, join_eui, _, plan, _, _, key = table[0]
    by_hand = {
        **{"devEUI": eui.lower(), "joinEUI": join_eui.lower(), "stackName": stack.name, "name": "Bulk_0"},
        **{"frequencyPlanID": plan, "lorawanVersion": "1.0.3", "regionalParametersVersion": "1.0.3-a"},
        "appKey": key.lower(),
    }
    stack.create_thing(eui, by_hand)
    file = written(tmp_path / "devices.csv", table)
    respelled = [
        [
            " ".join(eui[at : at + 2] for at in range(0, 16, 2)).lower(),
            join_eui,
            name,
            plan,
            "V1_0_3",
            "1.0.3-A",
            f"'{key}",
        ]
        for eui, join_eui, name, plan, _, _, key in table
    ]

    first = thingsync("import", file, "--yes")
    again = thingsync("import", written(tmp_path / "respelled.csv", respelled), "--yes")
    other = thingsync("import", written(tmp_path / "other.csv", [[*row[:-1], "B" * 32] for row in table]), "--yes")

    assert (first.returncode, again.returncode, other.returncode) == (0, 0, 1), first.stderr + again.stderr
    assert [row["outcome"] for row in reported(tmp_path / "respelled.csv")] == ["registered"] * 3
    for row in reported(tmp_path / "other.csv"):
        assert (row["outcome"], "differs in appKey; to write it" in row["reason"]) == ("conflict", True)


def test_a_wrong_plan_is_corrected_in_the_file(stack: Stack, simulator: Simulator, run_id: str, tmp_path: Path):
    """An unknown plan is rejected. The corrected file is written with --update, and the other rows stay untouched."""
    table = list(rows(run_id, 3))
    wrong = [*table[1][:3], "EU868", *table[1][4:]]
    file = written(tmp_path / "devices.csv", [table[0], wrong, table[2]])

    first = thingsync("import", file, "--yes")
    outcomes = [row["outcome"] for row in reported(file)]
    written(file, table)
    not_written = thingsync("import", file, "--yes")
    conflict = reported(file)[1]["reason"]
    corrected = thingsync("import", file, "--yes", "--update")

    assert (first.returncode, outcomes) == (1, ["registered", "rejected", "registered"]), first.stderr
    assert (not_written.returncode, "(thing: EU868, file: EU_863_870_TTN)" in conflict) == (1, True)
    assert corrected.returncode == 0, corrected.stderr
    assert [(row["action"], row["outcome"]) for row in reported(file)] == [
        ("unchanged", "registered"),
        ("change", "registered"),
        ("unchanged", "registered"),
    ]
    versions = [stack.iot.describe_thing(thingName=row[0])["version"] for row in table]
    assert versions == [1, 2, 1]
    device = simulator.state()["ns"][f"demo-app/eui-{table[1][0].lower()}"]
    assert device["frequency_plan_id"] == "EU_863_870_TTN"


def test_things_of_other_names_are_corrected_by_a_file_that_names_none(
    stack: Stack, simulator: Simulator, run_id: str, tmp_path: Path
):
    """Five things were made by hand. Two have mistakes: an unknown plan, and a key of 31 digits."""
    table = list(rows(run_id, 5))
    names_by_hand = [f"lot-{run_id}-{number}" for number in range(5)]
    for number, (thing_name, row) in enumerate(zip(names_by_hand, table, strict=True)):
        eui, join_eui, _, plan, mac, phy, key = row
        by_hand = {"devEUI": eui.lower(), "joinEUI": join_eui, "stackName": stack.name, "name": f"Bulk_{number}"}
        by_hand |= {"frequencyPlanID": "EU868" if number == 1 else plan, "appKey": key[:31] if number == 3 else key}
        stack.create_thing(thing_name, by_hand | {"lorawanVersion": mac, "regionalParametersVersion": phy})

    done = thingsync("import", written(tmp_path / "lot.csv", table), "--yes", "--update")

    assert done.returncode == 0, done.stderr
    assert "0 to add, 2 to change" in done.stderr
    assert [(row["thing"], row["action"], row["outcome"]) for row in reported(tmp_path / "lot.csv")] == [
        (thing_name, "change" if number in (1, 3) else "unchanged", "registered")
        for number, thing_name in enumerate(names_by_hand)
    ]
    assert names(stack, run_id) == set()
    device = simulator.state()["ns"][f"demo-app/eui-{table[1][0].lower()}"]
    assert device["frequency_plan_id"] == "EU_863_870_TTN"


def test_an_export_is_imported_as_it_is(registered: list[str], run_id: str, tmp_path: Path):
    """The export has every thing of the stack; those of this test are picked."""
    exported = tmp_path / "things.csv"
    assert thingsync("export", exported).returncode == 0
    header, *lines = exported.read_text().splitlines()
    mine = [line for line in lines if run_id.upper() in line]
    exported.write_text("\n".join([header, *mine]) + "\n")

    done = thingsync("import", exported, "--yes", "--update")

    assert done.returncode == 0, done.stderr
    assert f"0 to add, 0 to change, {len(registered)} unchanged." in " ".join(done.stderr.split())


def official(name: str, run_id: str, folder: Path) -> Path:
    """Copy a file of The Things Stack, with devices of this test's own."""
    text = (OFFICIAL / name).read_text()
    for dev_eui in set(re.findall("A81758FE5000[0-9A-F]{4}", text)):
        text = text.replace(dev_eui, dev_eui_of(run_id, int(dev_eui[-2:], 16)))
    text = re.sub(r"\b(desk|valve|beacon|meter|kiosk|pump)-([0-9])\b", rf"\1-\2-{run_id}", text)
    (folder / name).write_text(text)
    return folder / name


@pytest.mark.parametrize(
    ("name", "count"), [("devices.csv", 6), ("devices.array.json", 3), ("devices.stream.json", 3), ("device.json", 1)]
)
def test_the_things_stacks_own_files_are_imported_whole(
    stack: Stack, run_id: str, tmp_path: Path, name: str, count: int
):
    """They have devices that join and devices that are activated by hand. The export of their things is no change."""
    file = official(name, run_id, tmp_path)

    done = thingsync("import", file, "--yes")
    exported = thingsync("export")
    header, *lines = exported.stdout.splitlines()
    (tmp_path / "things.csv").write_text("\n".join([header, *(line for line in lines if run_id.upper() in line)]))
    again = thingsync("import", tmp_path / "things.csv", "--yes", "--update")

    assert (done.returncode, again.returncode) == (0, 0), done.stderr + again.stderr
    assert [row["outcome"] for row in reported(file)] == ["registered"] * count
    assert f"0 to add, 0 to change, {count} unchanged." in " ".join(again.stderr.split())


def test_a_device_of_the_command_line_is_registered_with_all_that_it_has(
    stack: Stack, simulator: Simulator, run_id: str, tmp_path: Path
):
    done = thingsync("import", official("devices.array.json", run_id, tmp_path), "--yes")

    assert done.returncode == 0, done.stderr
    state = simulator.state()
    kiosk, pump = f"demo-app/kiosk-1-{run_id}", f"demo-app/pump-2-{run_id}"
    assert state["is"][kiosk]["attributes"]["room"] == "1-12"
    assert state["is"][kiosk]["locations"]["user"]["latitude"] == 52.370216
    assert (state["ns"][kiosk]["supports_class_c"], state["ns"][kiosk]["mac_settings"]["class_b_timeout"]) == (
        True,
        "60s",
    )
    assert (state["ns"][pump]["session"]["dev_addr"], state["ns"][pump]["session"]["last_f_cnt_up"]) == ("00B6F0A2", 5)
    assert pump not in state["js"]


def test_an_attribute_is_set_and_removed(stack: Stack, simulator: Simulator, run_id: str, registered: list[str]):
    name = dev_eui_of(run_id, 0)
    before = stack.iot.describe_thing(thingName=name)["attributes"]

    changed = thingsync("set", registered[0], "name=Set", "--yes")
    named = simulator.state()["is"][f"demo-app/{registered[0]}"].get("name")
    removed = thingsync("set", name, "--unset", "name", "--yes")

    assert (changed.returncode, removed.returncode) == (0, 0), changed.stderr + removed.stderr
    assert named == "Set"
    after = stack.iot.describe_thing(thingName=name)["attributes"]
    assert after == {attribute: text for attribute, text in before.items() if attribute != "name"}
    assert not simulator.state()["is"][f"demo-app/{registered[0]}"].get("name")


def found(run_id: str, *options: str) -> dict[str, dict[str, str]]:
    """Return the findings about this test's own things and devices, by device ID."""
    done = thingsync("reconcile", "--json", *options)
    assert done.returncode in (0, 1), done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {line["deviceId"]: line for line in lines if run_id in (line["deviceId"] or "")}


@pytest.fixture
def registered(stack: Stack, run_id: str, tmp_path: Path) -> list[str]:
    """Return the IDs of four devices that were registered for things."""
    file = written(tmp_path / "devices.csv", list(rows(run_id, 4)))
    assert thingsync("import", file, "--yes").returncode == 0
    return [f"eui-{dev_eui_of(run_id, number).lower()}" for number in range(4)]


def test_what_was_changed_by_hand_is_found_and_what_is_ours_is_repaired(
    stack: Stack, simulator: Simulator, run_id: str, registered: list[str]
):
    deleted, edited, moved, _ = registered
    application = os.environ["TTS_APPLICATION"]
    before = simulator.state()
    simulator.call("DELETE", f"applications/{application}/devices/{deleted}")
    simulator.call(
        "PUT",
        f"applications/{application}/devices/{edited}",
        {"end_device": {"name": "By hand"}, "field_mask": {"paths": ["name"]}},
    )
    simulator.call("DELETE", f"ns/applications/{application}/devices/{moved}")
    by_hand = simulator.register(f"by-hand-{run_id}", dev_eui_of(run_id, 99), "70B3D57ED0000002", name="By hand")

    findings = found(run_id, "--deep")
    repaired = found(run_id, "--deep", "--apply", "--yes")
    left = found(run_id, "--deep")

    assert {device_id: line["kind"] for device_id, line in findings.items()} == {
        deleted: "missing",
        edited: "differing",
        moved: "differing",
        by_hand: "foreign",
    }
    assert {repaired[device_id]["status"] for device_id in (deleted, edited, moved)} == {"registered"}
    assert {device_id: line["kind"] for device_id, line in left.items()} == {by_hand: "foreign"}
    after = simulator.state()
    for server in ("is", "ns"):
        for device_id in (deleted, edited, moved):
            assert unstamped(after, server, device_id) == unstamped(before, server, device_id)


def unstamped(state: dict[str, dict[str, dict[str, object]]], server: str, device_id: str) -> dict[str, object]:
    record = state[server][f"demo-app/{device_id}"]
    return {name: value for name, value in record.items() if name not in ("attributes", "created_at", "updated_at")}
