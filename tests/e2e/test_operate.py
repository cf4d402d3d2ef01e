"""An operator with the command alone: The Things Stack goes away and comes back, and the fleet ends complete."""

import json
import os
import uuid

import pytest

from local.things_stacks import simulator as simulator_process
from tests.e2e.commands import document, thingsync
from tests.e2e.field import Simulator, Stack

POISON = "<html>no event</html>"


def attributes_of(dev_eui: str) -> dict[str, str]:
    return {
        "devEUI": dev_eui,
        "stackName": os.environ["STACK_NAME"],
        "joinEUI": "0000000000000001",
        "lorawanVersion": "1.0.3",
        "regionalParametersVersion": "1.0.3-a",
        "appKey": uuid.uuid4().hex.upper(),
    }


@pytest.fixture
def failed_things(stack: Stack, run_id: str, own_dead_letters: None, no_waits: None) -> dict[str, str]:
    """Things that were created while The Things Stack was away, with their DevEUIs; it is back."""
    things = {f"{run_id}-{number}": f"70B3D5{run_id.upper()}{number:02X}" for number in range(4)}
    simulator_process().kill()
    for thing_name, dev_eui in things.items():
        stack.create_thing(thing_name, attributes_of(dev_eui))
    stack.wait_until_quiet()
    simulator_process().start()
    return things


def test_a_fleet_that_failed_is_seen_understood_and_fixed_by_the_command_alone(
    stack: Stack, simulator: Simulator, failed_things: dict[str, str], run_id: str
):
    pattern, names = f"{run_id}-*", sorted(failed_things)
    assert thingsync("status").returncode == 1
    failures = document("failures", "--thing", pattern)["failures"]
    messages = document("dlq", "--limit", "100")["messages"]

    replayed = document("replay", names[0], "--yes")
    again = document("replay", names[0], "--yes")
    redriven = document("redrive", "--yes")

    assert {(row["thing"], row["error"]) for row in failures} == {(name, "RegistryUnavailableError") for name in names}
    assert {(each["thingName"], each["kind"], each["redriveHelps"]) for each in messages} == {
        (name, "failed run", "after the fix") for name in names
    }
    assert [each["outcome"] for each in replayed["things"]] == ["registered"]
    assert [each["plan"] for each in again["things"]] == ["settled"]
    assert (redriven["status"], redriven["moved"], redriven["deadLetterQueue"]) == ("completed", len(names), 0)
    assert redriven["outcomes"] == {"registered": len(names) - 1}
    assert document("failures", "--thing", pattern) == {"failures": []}
    held = {device["ids"]["dev_eui"] for device in simulator.state()["ns"].values()}
    assert set(failed_things.values()) <= held


@pytest.fixture
def things_that_failed_four_times(stack: Stack, run_id: str, own_dead_letters: None, no_waits: None) -> list[str]:
    """Things that were created and updated three times while The Things Stack was away; it is back."""
    things = {f"{run_id}-{number}": attributes_of(f"70B3D5{run_id.upper()}{number:02X}") for number in range(10)}
    simulator_process().kill()
    for thing_name, attributes in things.items():
        stack.create_thing(thing_name, attributes)
    stack.wait_until_quiet()
    for name in ("Second", "Third", "Fourth"):
        for thing_name, attributes in things.items():
            stack.update_thing(thing_name, {**attributes, "name": name})
        stack.wait_until_quiet()
    simulator_process().start()
    return list(things)


def test_of_a_thing_with_several_dead_lettered_messages_the_latest_change_is_waited_for(
    stack: Stack, simulator: Simulator, things_that_failed_four_times: list[str], run_id: str
):
    """Messages of older changes are skipped before the latest has its turn."""
    done = thingsync("redrive", "--yes", "--per-second", "8", "--json")

    redriven = json.loads(done.stdout)
    assert (done.returncode, redriven["moved"], redriven["problems"]) == (0, 40, [])
    assert (redriven["outcomes"], redriven["deadLetterQueue"]) == ({"registered": 10}, 0)
    assert {stack.settled(name)["status"] for name in things_that_failed_four_times} == {"registered"}
    held = [record for record in simulator.state()["is"].values() if run_id.upper() in record["ids"]["dev_eui"]]
    assert [record["name"] for record in held] == ["Fourth"] * 10


@pytest.mark.usefixtures("own_dead_letters", "no_waits")
def test_a_repair_that_failed_is_completed_by_a_replay(stack: Stack, simulator: Simulator, run_id: str):
    """The run of the change that it repeats has succeeded, so that the name of that run is taken."""
    attributes = attributes_of(f"70B3D5{run_id.upper()}99")
    stack.create_thing(run_id, attributes)
    stack.outcome(run_id, "CREATED")
    stack.update_thing(run_id, {**attributes, "name": "As.the.thing.says"})
    device_id = stack.outcome(run_id, "UPDATED", 2)["deviceId"]
    device = f"applications/{os.environ['TTS_APPLICATION']}/devices/{device_id}"
    simulator.call("PUT", device, {"end_device": {"name": "By hand"}, "field_mask": {"paths": ["name"]}})
    simulator.control("POST", "faults", {"method": "PUT", "path": device_id, "nth": 1, "times": 1000, "action": "503"})
    repaired = [json.loads(line) for line in thingsync("reconcile", "--apply", "--yes", "--json").stdout.splitlines()]
    simulator.control("DELETE", "faults")

    [result] = document("replay", run_id, "--yes")["things"]

    assert [line["status"] for line in repaired if line["deviceId"] == device_id and "status" in line] == ["failed"]
    assert (result["versionNumber"], result["outcome"]) == (2, "registered")
    assert simulator.state()["is"][f"demo-app/{device_id}"]["name"] == "As.the.thing.says"


@pytest.mark.usefixtures("own_dead_letters", "no_waits")
def test_a_device_that_was_edited_and_one_that_was_deleted_by_hand_are_seen_and_repaired_one_by_one(
    stack: Stack, simulator: Simulator, run_id: str
):
    things = {f"{run_id}-{number}": f"70B3D5{run_id.upper()}A{number}" for number in range(2)}
    edited, deleted = sorted(things)
    for thing_name, dev_eui in things.items():
        stack.create_thing(thing_name, {**attributes_of(dev_eui), "name": "As.the.thing.says"})
    devices = {
        name: f"applications/{os.environ['TTS_APPLICATION']}/devices/{stack.outcome(name, 'CREATED')['deviceId']}"
        for name in things
    }
    by_hand = {"end_device": {"name": "By hand"}, "field_mask": {"paths": ["name"]}}
    simulator.call("PUT", devices[edited], by_hand)
    simulator.call("DELETE", devices[deleted])

    seen = document("status", things[edited].lower())
    gone = thingsync("status", things[deleted])
    one = thingsync("reconcile", things[edited], "--apply", "--yes")
    assert document("status", deleted)["ok"] is False
    other = thingsync("reconcile", deleted, "--apply", "--yes")

    assert seen["theThingsStack"]["differences"] == ["name: 'By hand' instead of 'As.the.thing.says'"]
    assert (gone.returncode, f"thingsync reconcile --apply {deleted}" in gone.stdout) == (1, True)
    assert (one.returncode, other.returncode) == (0, 0), one.stderr + other.stderr
    assert f"{edited} · " in one.stdout
    assert [document("status", name)["ok"] for name in things] == [True, True]


def test_the_fleet_is_listed_with_what_is_in_force_and_why_things_were_rejected(stack: Stack, run_id: str):
    dev_eui = f"70B3D5{run_id.upper()}B1"
    stack.create_thing(f"{run_id}-good", attributes_of(dev_eui))
    stack.create_thing(f"{run_id}-bad", {**attributes_of(f"70B3D5{run_id.upper()}B2"), "appKey": "2B7E"})
    stack.wait_until_quiet()

    done = thingsync("list", "--name", f"{run_id}-*", "--json")
    nothing = thingsync("list", "--name", f"{run_id}-*", "--status", "failed")

    bad, good = [json.loads(line) for line in done.stdout.splitlines()]
    assert (bad["status"], bad["error"], bad["reason"].startswith("appKey: ")) == (
        "rejected",
        "InvalidThingError",
        True,
    )
    assert (good["devEui"], good["deviceId"], good["method"]) == (dev_eui, f"eui-{dev_eui.lower()}", "created")
    assert (good["frequencyPlanId"], good["lorawanVersion"]) == ("EU_863_870_TTN", "1.0.3")
    assert (nothing.returncode, nothing.stdout, "rejected" in nothing.stderr) == (2, "", True)


@pytest.mark.usefixtures("own_dead_letters", "no_waits")
def test_a_deletion_that_failed_is_replayed_from_the_journal(stack: Stack, simulator: Simulator):
    thing_name = f"gone-{uuid.uuid4().hex[:8]}"
    stack.create_thing(thing_name, attributes_of(f"70B3D5{uuid.uuid4().hex[:10].upper()}"))
    device_id = stack.settled(thing_name)["deviceId"]
    simulator_process().kill()
    stack.iot.delete_thing(thingName=thing_name)
    stack.wait_until_quiet()
    simulator_process().start()

    [result] = document("replay", thing_name, "--yes")["things"]

    assert (result["operation"], result["outcome"]) == ("DELETED", "removed")
    assert device_id not in simulator.device_ids("ns")
    assert [life["status"] for life in document("history", thing_name)["things"]] == ["removed"]


def test_one_run_is_started_again_with_its_input(stack: Stack, failed_things: dict[str, str]):
    thing_name = min(failed_things)
    execution_arn = document("history", thing_name)["things"][0]["facts"][-1]["executionArn"]

    [result] = document("replay", "--execution", execution_arn, "--yes")["things"]

    assert (result["thingName"], result["outcome"]) == (thing_name, "registered")
    assert thingsync("status", thing_name).returncode == 0


def test_a_message_that_is_no_event_is_reported_and_thrown_away_without_the_others(
    stack: Stack, failed_things: dict[str, str]
):
    stack.send([POISON])
    stack.wait_until_quiet()
    before = document("dlq")["messages"]

    done = thingsync("dlq", "purge", "--unreadable", "--yes")

    assert [each["redriveHelps"] for each in before if each["kind"] == "no event"] == ["no"]
    assert done.returncode == 0, done.stderr
    assert {each["thingName"] for each in document("dlq")["messages"]} == set(failed_things)


@pytest.mark.usefixtures("own_dead_letters")
def test_a_healthy_stack_passes_the_check_list_and_a_switched_off_event_is_fixed(stack: Stack):
    stack.iot.update_event_configurations(eventConfigurations={"THING": {"Enabled": False}})
    ill = [check for check in document("doctor")["checks"] if not check["ok"]]

    fixed = document("doctor", "--configure", "--yes")

    assert [(check["name"], check["fix"]) for check in ill] == [("registry events", "thingsync doctor --configure")]
    assert {"rights of the key", "webhook", "clock", "Lambda concurrency"} <= {each["name"] for each in fixed["checks"]}
    assert [check for check in fixed["checks"] if not check["ok"]] == []


def test_a_stack_that_does_not_exist_is_reported_in_a_sentence():
    done = thingsync("status", "--stack", "nowhere")

    assert done.returncode == 3
    assert done.stderr.startswith("There is no stack nowhere in eu-west-1.")
    assert len(done.stderr.splitlines()) == 1
