"""What breaks, and what an operator does about it: outages, a wrong key, messages that are no events."""

import base64
import json
import os
import uuid
from typing import Any

import pytest

from local.things_stacks import simulator as simulator_process
from tests.e2e.field import Simulator, Stack

SERVERS = ("is", "js", "ns", "as")


def attributes_of(dev_eui: str, **more: str) -> dict[str, str]:
    return {
        "devEUI": dev_eui,
        "stackName": os.environ["STACK_NAME"],
        "joinEUI": "0000000000000001",
        "lorawanVersion": "1.0.3",
        "regionalParametersVersion": "1.0.3-a",
        "appKey": uuid.uuid4().hex.upper(),
        **more,
    }


def event_of(thing_name: str, attributes: dict[str, str] | None, **more: object) -> dict[str, Any]:
    return {
        "eventType": "THING_EVENT",
        "eventId": uuid.uuid4().hex,
        "timestamp": 1764000000000,
        "operation": "CREATED",
        "accountId": "000000000000",
        "thingId": str(uuid.uuid4()),
        "thingName": thing_name,
        "versionNumber": 1,
        "thingTypeName": "lorawan",
        "billinGroupName": None,
        "attributes": attributes,
        **more,
    }


@pytest.mark.usefixtures("no_waits")
def test_things_created_around_an_outage_are_complete_after_a_redrive(stack: Stack, simulator: Simulator, run_id: str):
    dev_euis = {f"{run_id}-{number}": f"70B3D57E{run_id[:4].upper()}{number:04X}" for number in range(50)}
    for thing_name, dev_eui in dev_euis.items():
        if thing_name.endswith("-20"):
            simulator_process().kill()
        stack.create_thing(thing_name, attributes_of(dev_eui))
    stack.wait_until_quiet()
    simulator_process().start()

    redriven = stack.redrive()
    stack.wait_until_quiet()

    state = simulator.state()
    held = {server: [record["ids"]["dev_eui"] for record in state[server].values()] for server in SERVERS}
    ours = {server: sorted(dev_eui for dev_eui in held[server] if dev_eui in dev_euis.values()) for server in SERVERS}
    assert redriven > 0
    assert ours == dict.fromkeys(SERVERS, sorted(dev_euis.values()))
    assert {stack.settled(name)["status"] for name in dev_euis} == {"registered"}
    assert stack.dead_letters() == []


def test_a_message_that_is_no_event_goes_to_the_dead_letter_queue_and_its_nine_neighbours_are_served(
    stack: Stack, run_id: str
):
    names = [f"{run_id}-{number}" for number in range(9)]
    things = {name: stack.create_thing_unnoticed(name) for name in names}
    bodies = [
        json.dumps(event_of(name, attributes_of(f"70B3D57F{run_id[:6].upper()}{number:02X}"), thingId=thing_id))
        for number, (name, thing_id) in enumerate(things.items())
    ]
    poison = f"<html>{run_id}</html>"

    stack.send([*bodies[:4], poison, *bodies[4:]])
    stack.wait_until_quiet()

    messages = stack.dead_letters()
    assert [message["Body"] for message in messages] == [poison]
    assert messages[0]["MessageAttributes"]["ErrorName"]["StringValue"] == "InvalidEventError"
    assert {stack.settled(name)["status"] for name in names} == {"registered"}


@pytest.mark.parametrize(
    ("attributes", "named"),
    [
        pytest.param(None, {"devEUI", "stackName", "appKey", "claimAuthenticationCode"}, id="null"),
        pytest.param({}, {"devEUI", "stackName", "appKey", "claimAuthenticationCode"}, id="empty"),
        pytest.param(
            {f"own{number}": "x" * 800 for number in range(50)},
            {"devEUI", "stackName", "appKey", "claimAuthenticationCode"},
            id="fifty-of-800-characters",
        ),
    ],
)
def test_attributes_of_any_shape_end_in_a_rejection_that_names_what_is_missing(
    attributes: dict[str, str] | None, named: set[str], stack: Stack, run_id: str
):
    thing_name = f"{run_id}:{'n' * (127 - len(run_id))}"

    stack.send([json.dumps(event_of(thing_name, attributes))])

    shadow = stack.settled(thing_name)
    assert (shadow["status"], shadow["error"]["name"]) == ("rejected", "InvalidThingError")
    assert all(f"{attribute}: " in shadow["error"]["message"] for attribute in named)


def test_what_an_iot_rule_could_not_deliver_is_unwrapped_by_a_redrive(stack: Stack, run_id: str):
    thing_id = stack.create_thing_unnoticed(f"{run_id}-wrapped")
    event = event_of(f"{run_id}-wrapped", attributes_of(f"70B3D57D{run_id.upper()}"), thingId=thing_id)
    envelope = {
        "ruleName": "ChangeRule",
        "topic": f"$aws/events/thing/{run_id}-wrapped/created",
        "base64OriginalPayload": base64.b64encode(json.dumps(event).encode()).decode(),
        "failures": [{"failedAction": "SqsAction", "failedResource": stack.queue_url, "errorMessage": "throttled"}],
    }

    stack.send([json.dumps(envelope)])

    assert stack.settled(f"{run_id}-wrapped")["status"] == "registered"


def test_a_device_id_that_another_thing_has_is_rejected_and_a_rejection_leaves_nothing(
    stack: Stack, simulator: Simulator, run_id: str
):
    stack.create_thing(f"{run_id}-first", attributes_of(f"70B3D57C{run_id.upper()}", deviceID=f"shared-{run_id}"))
    stack.settled(f"{run_id}-first")

    stack.create_thing(f"{run_id}-second", attributes_of(f"70B3D57B{run_id.upper()}", deviceID=f"shared-{run_id}"))

    shadow = stack.settled(f"{run_id}-second")
    held = simulator.state()
    assert (shadow["status"], shadow["error"]["name"]) == ("rejected", "DeviceConflictError")
    assert {server: held[server][f"demo-app/shared-{run_id}"]["ids"]["dev_eui"] for server in SERVERS} == dict.fromkeys(
        SERVERS, f"70B3D57C{run_id.upper()}"
    )
