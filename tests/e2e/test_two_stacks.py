"""Two stacks side by side in one account: each has its own things, and one goes without hurting the other."""

import os
import uuid
from collections.abc import Iterator

import boto3
import pytest

from local.stacks import deploy, outputs_of, remove
from tests.e2e.deploying import RIGHTS, configured_by_hand
from tests.e2e.field import Simulator, Stack, eventually
from tests.e2e.test_changes import on_servers
from tests.e2e.test_trouble import attributes_of

SECOND = "second"
OWN_KEY = f"NNSXS.SECOND.{uuid.uuid4().hex.upper()}"
SECRET = f"thingsync/{SECOND}/application-api-key"


@pytest.fixture(scope="module")
def second(simulator: Simulator) -> Iterator[Stack]:
    """A stack that keeps devices, with an API key of its own, which the first test revokes and replaces."""
    simulator.control("POST", "api-keys", {"key": OWN_KEY, "rights": RIGHTS})
    deploy(SECOND, {"ApplicationApiKey": OWN_KEY, "DeletePolicy": "Retain"})
    outputs = outputs_of(SECOND)
    yield Stack(
        name=SECOND,
        queue_url=outputs["QueueUrl"],
        dead_letter_queue_url=outputs["DeadLetterQueueUrl"],
        state_machine_arn=outputs["StateMachineArn"],
    )
    remove(SECOND)


def alarm_on(stack: Stack, error_name: str) -> str | None:
    """Return the name of the stack's alarm on an error if it is in force."""
    in_force = boto3.client("cloudwatch").describe_alarms(StateValue="ALARM", AlarmNamePrefix=stack.name)
    dimension = {"Name": "ErrorName", "Value": error_name}
    return next((alarm["AlarmName"] for alarm in in_force["MetricAlarms"] if dimension in alarm["Dimensions"]), None)


def test_a_revoked_key_raises_its_alarm_and_is_mended_by_the_secret_and_a_redrive(
    second: Stack, simulator: Simulator, run_id: str
):
    thing_name, dev_eui = f"{run_id}-key", f"70B3D57E{run_id.upper()}"
    simulator.control("DELETE", "api-keys", {"key": OWN_KEY})

    second.create_thing(thing_name, attributes_of(dev_eui, stackName=SECOND))
    failed = second.settled(thing_name)
    second.wait_until_quiet()
    alarm = eventually(lambda: alarm_on(second, "AccessDeniedError"), "the alarm on a refused key")
    letters = second.look_into_dead_letters()
    refused = configured_by_hand(SECOND)
    boto3.client("secretsmanager").put_secret_value(SecretId=SECRET, SecretString=os.environ["TTS_API_KEY"])
    accepted = configured_by_hand(SECOND)
    second.redrive()
    second.wait_until_quiet()

    attributes = {name: value["StringValue"] for name, value in letters[0]["MessageAttributes"].items()}
    assert (failed["status"], failed["error"]["name"]) == ("failed", "AccessDeniedError")
    assert attributes["ErrorName"] == "AccessDeniedError"
    assert attributes["ExecutionArn"].startswith(second.state_machine_arn.replace(":stateMachine:", ":execution:"))
    assert alarm.startswith(f"{SECOND}-AccessDeniedAlarm")
    assert refused["errorType"] == "AccessDeniedError"
    assert accepted["Status"] == "SUCCESS"
    assert second.settled(thing_name)["deviceId"] == f"eui-{dev_eui.lower()}"


def test_each_stack_registers_its_own_things_and_leaves_the_others_alone(stack: Stack, second: Stack, run_id: str):
    first_thing, second_thing = f"{run_id}-one", f"{run_id}-two"

    stack.create_thing(first_thing, attributes_of(f"70B3D57A{run_id.upper()}"))
    stack.create_thing(second_thing, attributes_of(f"70B3D579{run_id.upper()}", stackName=SECOND))
    stack.settled(first_thing)
    second.settled(second_thing)
    stack.wait_until_quiet()
    second.wait_until_quiet()

    assert (len(stack.told(first_thing)), len(stack.told(second_thing))) == (1, 0)
    assert (len(second.told(first_thing)), len(second.told(second_thing))) == (0, 1)


def test_a_stack_that_retains_lets_go_of_a_deleted_things_device(second: Stack, simulator: Simulator, run_id: str):
    second.create_thing(run_id, attributes_of(f"70B3D575{run_id.upper()}", stackName=SECOND))
    registered = second.outcome(run_id, "CREATED")
    held = on_servers(simulator, registered["deviceId"])

    second.iot.delete_thing(thingName=run_id)

    released = second.outcome(run_id, "DELETED")
    assert (released["outcome"], released["deviceId"]) == ("released", registered["deviceId"])
    assert None not in held.values()
    assert on_servers(simulator, registered["deviceId"]) == held


def test_a_thing_that_is_handed_to_another_stack_takes_its_device_along(
    stack: Stack, second: Stack, simulator: Simulator, run_id: str
):
    attributes = attributes_of(f"70B3D576{run_id.upper()}")
    stack.create_thing(run_id, attributes)
    registered = stack.outcome(run_id, "CREATED")
    held = on_servers(simulator, registered["deviceId"])

    stack.update_thing(run_id, {**attributes, "stackName": SECOND})

    released, taken_up = stack.outcome(run_id, "UPDATED", 2), second.outcome(run_id, "UPDATED", 2)
    assert (released["outcome"], released["deviceId"]) == ("released", registered["deviceId"])
    assert (taken_up["outcome"], taken_up["method"]) == ("registered", "adopted")
    assert on_servers(simulator, registered["deviceId"]) == held


def test_a_stack_that_is_removed_takes_its_webhook_and_leaves_the_type_the_events_and_the_other_stack(
    stack: Stack, simulator: Simulator, run_id: str
):
    before = set(simulator.state()["webhooks"])
    deploy("third")
    beside = set(simulator.state()["webhooks"]) - before

    remove("third")
    stack.create_thing(f"{run_id}-still", attributes_of(f"70B3D578{run_id.upper()}"))

    iot = boto3.client("iot")
    assert [webhook.startswith("demo-app/third-") for webhook in beside] == [True]
    assert set(simulator.state()["webhooks"]) == before
    assert stack.settled(f"{run_id}-still")["status"] == "registered"
    assert iot.describe_thing_type(thingTypeName="lorawan")["thingTypeName"] == "lorawan"
    assert iot.describe_event_configurations()["eventConfigurations"]["THING"] == {"Enabled": True}
