"""A thing changes and goes, and its device follows; what is another's stays as it was."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from tests.e2e.field import Simulator, Stack
from tests.e2e.test_trouble import SERVERS, attributes_of, event_of

NOWHERE = dict.fromkeys(SERVERS, None)


def on_servers(simulator: Simulator, device_id: str) -> dict[str, Any]:
    """Return what each server holds of the device, None where it holds nothing."""
    state = simulator.state()
    return {server: state[server].get(f"demo-app/{device_id}") for server in SERVERS}


def dev_eui_of(run_id: str, number: int = 0) -> str:
    return f"70B3D5{number:02X}{run_id.upper()}"


@pytest.fixture
def registry_events_off() -> Iterator[None]:
    """Let no change of a thing raise an event; the test sends the events itself."""
    iot = boto3.client("iot")
    iot.update_event_configurations(eventConfigurations={"THING": {"Enabled": False}})
    yield
    iot.update_event_configurations(eventConfigurations={"THING": {"Enabled": True}})


def test_what_changes_on_a_thing_reaches_the_server_that_keeps_it(stack: Stack, simulator: Simulator, run_id: str):
    before = attributes_of(dev_eui_of(run_id), name="Before")
    radio = {
        "frequencyPlanID": "EU_863_870",
        "lorawanVersion": "1.0.4",
        "regionalParametersVersion": "RP002-1.0.3",
    }
    after = {**before, **radio, "name": "After", "description": "on.the.roof", "appKey": uuid.uuid4().hex.upper()}
    stack.create_thing(run_id, before)
    stack.outcome(run_id, "CREATED")

    stack.update_thing(run_id, after)

    line = stack.outcome(run_id, "UPDATED", 2)
    held = on_servers(simulator, f"eui-{dev_eui_of(run_id).lower()}")
    assert (held["is"]["name"], held["is"]["description"]) == ("After", "on.the.roof")
    assert held["ns"]["frequency_plan_id"] == "EU_863_870"
    assert (held["ns"]["lorawan_version"], held["ns"]["lorawan_phy_version"]) == ("MAC_V1_0_4", "RP002_V1_0_3")
    assert held["js"]["root_keys"] == {"app_key": {"key": after["appKey"]}}
    assert "next join" in line["reason"]


def test_a_rejected_thing_that_is_corrected_is_registered(stack: Stack, simulator: Simulator, run_id: str):
    right = attributes_of(dev_eui_of(run_id))
    stack.create_thing(run_id, {**right, "devEUI": "70B3"})
    rejected = stack.outcome(run_id, "CREATED")

    stack.update_thing(run_id, right)

    corrected = stack.outcome(run_id, "UPDATED", 2)
    assert (rejected["outcome"], rejected["error"]["name"]) == ("rejected", "InvalidThingError")
    assert (corrected["outcome"], corrected["method"]) == ("registered", "created")
    assert None not in on_servers(simulator, corrected["deviceId"]).values()


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param({"devEUI": "70B3D57ED0FFFFFF"}, id="devEUI"),
        pytest.param({"deviceID": "another-device"}, id="deviceID"),
    ],
)
def test_what_cannot_change_is_rejected_and_changes_nothing(
    changed: dict[str, str], stack: Stack, simulator: Simulator, run_id: str
):
    before = attributes_of(dev_eui_of(run_id))
    device_id = f"eui-{before['devEUI'].lower()}"
    stack.create_thing(run_id, before)
    stack.outcome(run_id, "CREATED")
    was = on_servers(simulator, device_id)

    stack.update_thing(run_id, {**before, **changed, "name": "Never.written"})

    line = stack.outcome(run_id, "UPDATED", 2)
    assert (line["outcome"], line["error"]["name"]) == ("rejected", "ImmutableChangeError")
    assert on_servers(simulator, device_id) == was


def test_with_its_thing_a_device_goes_from_all_servers_and_the_shadow_with_it(
    stack: Stack, simulator: Simulator, run_id: str
):
    stack.create_thing(run_id, attributes_of(dev_eui_of(run_id)))
    registered = stack.settled(run_id)

    stack.iot.delete_thing(thingName=run_id)

    line = stack.outcome(run_id, "DELETED")
    assert line["outcome"] == "removed"
    assert on_servers(simulator, registered["deviceId"]) == NOWHERE
    assert stack.shadow(run_id) is None


def test_with_its_thing_a_claimed_device_goes_and_its_claim_too(stack: Stack, simulator: Simulator, run_id: str):
    claimed = {"join_eui": "70B3D57ED0000001", "dev_eui": dev_eui_of(run_id), "authentication_code": "0A1B2C3D4E5F"}
    simulator.control("POST", "claimable", claimed)
    attributes = attributes_of(
        claimed["dev_eui"], joinEUI=claimed["join_eui"], claimAuthenticationCode=claimed["authentication_code"]
    )
    del attributes["appKey"]
    stack.create_thing(run_id, attributes)
    registered = stack.settled(run_id)
    claims = simulator.state()["claims"]

    stack.iot.delete_thing(thingName=run_id)

    stack.outcome(run_id, "DELETED")
    assert registered["method"] == "claimed"
    assert claimed["dev_eui"] in claims
    assert claimed["dev_eui"] not in simulator.state()["claims"]
    assert on_servers(simulator, registered["deviceId"]) == NOWHERE


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(["DELETED", "CREATED"], id="in-order"),
        pytest.param(["CREATED", "DELETED"], id="swapped"),
    ],
)
@pytest.mark.usefixtures("registry_events_off")
def test_a_thing_that_is_made_again_under_its_name_and_euis_has_the_device(
    order: list[str], stack: Stack, simulator: Simulator, run_id: str
):
    attributes = attributes_of(dev_eui_of(run_id))
    old = stack.create_thing(run_id, attributes)
    stack.send([json.dumps(event_of(run_id, attributes, thingId=old))])
    first = stack.settled(run_id)
    stack.iot.delete_thing(thingName=run_id)
    new = stack.create_thing(run_id, {**attributes, "name": "New"})
    events = {
        "DELETED": event_of(run_id, None, thingId=old, operation="DELETED"),
        "CREATED": event_of(run_id, {**attributes, "name": "New"}, thingId=new),
    }

    for operation in order:
        stack.send([json.dumps(events[operation])])
        stack.wait_until_quiet()

    held = on_servers(simulator, first["deviceId"])
    shadow = stack.settled(run_id)
    assert (held["is"]["name"], held["is"]["attributes"]["aws-thing-id"]) == ("New", new)
    assert None not in held.values()
    assert (shadow["status"], shadow["thingId"]) == ("registered", new)


def test_a_device_that_was_there_before_its_thing_is_linked_and_stays(stack: Stack, simulator: Simulator, run_id: str):
    attributes = attributes_of(dev_eui_of(run_id), name="Ours")
    theirs = simulator.register(f"theirs-{run_id}", attributes["devEUI"], attributes["joinEUI"], name="Theirs")
    stack.create_thing(run_id, attributes)
    linked = stack.settled(run_id)
    at_work = on_servers(simulator, theirs)

    stack.iot.delete_thing(thingName=run_id)

    released = stack.outcome(run_id, "DELETED")
    assert (linked["method"], linked["deviceId"], released["outcome"]) == ("adopted", theirs, "released")
    assert at_work["is"]["name"] == "Theirs"
    assert None not in at_work.values()
    assert on_servers(simulator, theirs) == at_work


def run_again(stack: Stack, run: dict[str, Any]) -> str:
    """Do what *New execution* does in the console: the same input under a name of its own; return how it ended."""
    given = stack.runs.describe_execution(executionArn=run["executionArn"])["input"]
    again = stack.runs.start_execution(stateMachineArn=stack.state_machine_arn, input=given)["executionArn"]
    stack.wait_until_quiet()
    return str(stack.runs.describe_execution(executionArn=again)["status"])


def test_a_run_that_succeeded_is_started_again_and_does_nothing(stack: Stack, simulator: Simulator, run_id: str):
    stack.create_thing(run_id, attributes_of(dev_eui_of(run_id)))
    registered = stack.outcome(run_id, "CREATED")
    held = on_servers(simulator, registered["deviceId"])

    ended = run_again(stack, registered)

    last = stack.log_lines(run_id)[-1]
    assert (ended, last["outcome"]) == ("SUCCEEDED", "skipped")
    assert last["reason"].startswith("duplicate: ")
    assert on_servers(simulator, registered["deviceId"]) == held


@pytest.mark.usefixtures("no_waits")
def test_a_run_that_failed_is_started_again_and_completes_the_device(stack: Stack, simulator: Simulator, run_id: str):
    device_id = f"eui-{dev_eui_of(run_id).lower()}"
    simulator.control(
        "POST", "faults", {"method": "PUT", "path": f"/ns/.*{device_id}", "nth": 1, "times": 1000, "action": "503"}
    )
    stack.create_thing(run_id, attributes_of(dev_eui_of(run_id)))
    failed = stack.outcome(run_id, "CREATED")
    stack.wait_until_quiet()
    simulator.control("DELETE", "faults")

    ended = run_again(stack, failed)

    messages = stack.dead_letters()
    assert (failed["outcome"], failed["error"]["name"]) == ("failed", "RegistryUnavailableError")
    assert [message["MessageAttributes"]["ErrorName"]["StringValue"] for message in messages] == [
        failed["error"]["name"]
    ]
    assert (ended, stack.log_lines(run_id)[-1]["outcome"]) == ("SUCCEEDED", "registered")
    assert None not in on_servers(simulator, device_id).values()
