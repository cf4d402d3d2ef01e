"""An operator with the command alone: The Things Stack goes away and comes back, and the fleet ends complete."""

import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from local.things_stacks import simulator as simulator_process
from tests.e2e.field import Simulator, Stack

POISON = "<html>no event</html>"


def thingsync(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "operate", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "80"})


def document(*arguments: str) -> Any:
    done = thingsync(*arguments, "--json")
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


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
def own_dead_letters(stack: Stack) -> Iterator[None]:
    """Begin with an empty dead-letter queue, and leave it so."""
    stack.dead_letters()
    yield
    stack.dead_letters()


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


def test_a_fleet_that_failed_is_seen_understood_and_mended_by_the_command_alone(
    stack: Stack, simulator: Simulator, failed_things: dict[str, str], run_id: str
):
    pattern, names = f"{run_id}-*", sorted(failed_things)
    assert thingsync("status").returncode == 1
    failures = document("failures", "--thing", pattern)["failures"]
    letters = document("dlq", "--limit", "100")["letters"]

    replayed = document("replay", names[0], "--yes")
    again = document("replay", names[0], "--yes")
    redriven = document("redrive", "--yes")

    assert {(row["thing"], row["error"]) for row in failures} == {(name, "RegistryUnavailableError") for name in names}
    assert {(each["thingName"], each["kind"], each["redriveHelps"]) for each in letters} == {
        (name, "failed run", "once mended") for name in names
    }
    assert [each["outcome"] for each in replayed["things"]] == ["registered"]
    assert [each["plan"] for each in again["things"]] == ["settled"]
    assert (redriven["status"], redriven["moved"], redriven["deadLetters"]) == ("completed", len(names), 0)
    assert redriven["outcomes"] == {"registered": len(names) - 1}
    assert document("failures", "--thing", pattern) == {"failures": []}
    held = {device["ids"]["dev_eui"] for device in simulator.state()["ns"].values()}
    assert set(failed_things.values()) <= held


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


def test_a_letter_that_is_no_event_is_told_and_thrown_away_without_the_others(
    stack: Stack, failed_things: dict[str, str]
):
    stack.send([POISON])
    stack.wait_until_quiet()
    before = document("dlq")["letters"]

    done = thingsync("dlq", "purge", "--unreadable", "--yes")

    assert [each["redriveHelps"] for each in before if each["kind"] == "no event"] == ["no"]
    assert done.returncode == 0, done.stderr
    assert {each["thingName"] for each in document("dlq")["letters"]} == set(failed_things)


def test_a_healthy_stack_passes_the_check_list_and_a_switched_off_event_is_mended(stack: Stack):
    stack.iot.update_event_configurations(eventConfigurations={"THING": {"Enabled": False}})
    ill = [check for check in document("doctor")["checks"] if not check["well"]]

    mended = document("doctor", "--configure", "--yes")

    assert [(check["name"], check["mend"]) for check in ill] == [("registry events", "thingsync doctor --configure")]
    assert {"rights of the key", "webhook", "clock", "Lambda concurrency"} <= {
        each["name"] for each in mended["checks"]
    }
    assert [check for check in mended["checks"] if not check["well"]] == []


def test_a_stack_that_does_not_exist_is_told_in_a_sentence():
    done = thingsync("status", "--stack", "nowhere")

    assert done.returncode == 3
    assert done.stderr.startswith("There is no stack nowhere in eu-west-1.")
    assert len(done.stderr.splitlines()) == 1
