"""Devices registered in The Things Stack become things, by the webhook that the deployment wired."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
import urllib3

from local.stacks import outputs_of
from tests.e2e.field import Simulator, Stack, eventually

JOIN_EUI = "70B3D57ED0000001"
DEVICES, UPLINKS = 50, 300


def register(simulator: Simulator, run_id: str, number: int = 0) -> tuple[str, str]:
    """Somebody registers a device in The Things Stack; return its ID and its DevEUI."""
    dev_eui = f"70B3{number:04X}{run_id.upper()}"
    return simulator.register(f"by-hand-{run_id}-{number}", dev_eui, JOIN_EUI, name="By hand"), dev_eui


def sends(simulator: Simulator, device_id: str, kind: str = "uplink") -> int:
    """Let a device join or send until its message arrives; return what the webhook answered.

    The Things Stack waits for 5 s and sends no message twice, so what is lost on a busy machine the next makes up for.
    """

    def answer() -> int | None:
        answer = simulator.control("POST", "activity", {"device_id": device_id, "kind": kind})
        [call] = answer["webhooks"]
        return call.get("status")

    return eventually(answer, f"an answer to {device_id}")


def thing(stack: Stack, thing_name: str) -> dict[str, Any] | None:
    try:
        found: dict[str, Any] = stack.iot.describe_thing(thingName=thing_name)
    except stack.iot.exceptions.ResourceNotFoundException:
        return None
    return found


def counted(stack: Stack, metric: str) -> float:
    """Return how often the stack's functions counted the metric."""
    now = datetime.fromtimestamp(time.time(), UTC)
    found = boto3.client("cloudwatch").get_metric_statistics(
        Namespace="Thingsync",
        MetricName=metric,
        Dimensions=[{"Name": "StackName", "Value": stack.name}],
        StartTime=now - timedelta(days=1),
        EndTime=now + timedelta(minutes=1),
        Period=86400,
        Statistics=["Sum"],
    )
    return sum(point["Sum"] for point in found["Datapoints"])


def things_with(stack: Stack, dev_euis: set[str]) -> list[str]:
    pages = stack.iot.get_paginator("list_things").paginate()
    return [one["thingName"] for page in pages for one in page["things"] if one["attributes"].get("devEUI") in dev_euis]


@pytest.mark.parametrize("kind", ["join", "uplink"])
def test_a_device_that_is_registered_in_the_things_stack_becomes_a_thing(
    stack: Stack, simulator: Simulator, run_id: str, kind: str
):
    device_id, dev_eui = register(simulator, run_id)

    status = sends(simulator, device_id, kind)
    shadow = stack.settled(dev_eui)

    assert status == 202
    made = thing(stack, dev_eui)
    assert made is not None
    assert made["thingTypeName"] == "lorawan"
    assert made["attributes"] == {
        "devEUI": dev_eui,
        "stackName": stack.name,
        "deviceID": device_id,
        "joinEUI": JOIN_EUI,
    }
    assert (shadow["status"], shadow["method"], shadow["deviceId"]) == ("registered", "mirrored", device_id)


def test_uplinks_of_a_device_that_has_its_thing_end_at_the_door(stack: Stack, simulator: Simulator, run_id: str):
    """An instance may let the first of them pass, to have the thing checked."""
    device_id, dev_eui = register(simulator, run_id)
    sends(simulator, device_id)
    stack.settled(dev_eui)
    before = counted(stack, "ActivityKnown")

    statuses = {sends(simulator, device_id) for _ in range(12)}

    def is_counted():
        """An instance counts with a later uplink, unless it has counted nothing for ten seconds."""
        statuses.add(sends(simulator, device_id))
        return counted(stack, "ActivityKnown") > before or None

    eventually(is_counted, "an uplink that ends at the door")
    assert statuses == {202}


def test_such_a_thing_is_changed_and_deleted_like_any_other(stack: Stack, simulator: Simulator, run_id: str):
    device_id, dev_eui = register(simulator, run_id)
    sends(simulator, device_id)
    stack.settled(dev_eui)

    given = stack.iot.describe_thing(thingName=dev_eui)["attributes"]
    stack.update_thing(dev_eui, {**given, "name": "North.Field"})
    stack.outcome(dev_eui, "UPDATED", 2)
    name = simulator.state()["is"][f"demo-app/{device_id}"]["name"]
    stack.iot.delete_thing(thingName=dev_eui)
    stack.outcome(dev_eui, "DELETED", 2)

    assert name == "North.Field"
    assert device_id not in simulator.device_ids("is")


def test_an_uplink_of_a_device_that_was_deleted_meanwhile_makes_nothing(stack: Stack, run_id: str):
    dev_eui = f"70B3AAAA{run_id.upper()}"
    queue_url = stack.sqs.get_queue_url(QueueName=f"{stack.name}-DeviceActivity")["QueueUrl"]
    ids = f'"device_id":"gone-{run_id}","dev_eui":"{dev_eui}","application_ids":{{"application_id":"demo-app"}}'

    stack.sqs.send_message(QueueUrl=queue_url, MessageBody=f'{{"end_device_ids":{{{ids}}}}}')
    eventually(lambda: stack.is_empty(queue_url) or None, "an end of what the device sent")

    assert thing(stack, dev_eui) is None


def test_of_300_uplinks_of_50_devices_exactly_50_things_come(stack: Stack, simulator: Simulator, run_id: str):
    devices = [register(simulator, run_id, number) for number in range(DEVICES)]

    with ThreadPoolExecutor(4) as senders:
        statuses = list(senders.map(lambda n: sends(simulator, devices[n % DEVICES][0]), range(UPLINKS)))
    dev_euis = {dev_eui for _, dev_eui in devices}
    eventually(lambda: len(things_with(stack, dev_euis)) == DEVICES or None, "a thing for each device")
    stack.wait_until_quiet()

    assert statuses == [202] * UPLINKS
    assert sorted(things_with(stack, dev_euis)) == sorted(dev_euis)
    assert {stack.settled(dev_eui)["method"] for dev_eui in dev_euis} == {"mirrored"}


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        pytest.param({}, b"{}", 401, id="no-secret"),
        pytest.param({"X-Thingsync-Secret": ""}, b"{}", 401, id="an-empty-secret"),
        pytest.param({"X-Thingsync-Secret": "wrong"}, b"{}", 403, id="a-wrong-secret"),
    ],
)
def test_who_does_not_know_the_secret_is_refused(stack: Stack, headers: dict[str, str], body: bytes, status: int):
    url = outputs_of(stack.name)["WebhookUrl"]

    answer = urllib3.request("POST", url, body=body, headers=headers, retries=False)

    assert answer.status == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        pytest.param(b"{", 400, id="broken-json"),
        pytest.param(b"{}", 202, id="no-device"),
        pytest.param(b" " * 300_000, 413, id="too-large"),
    ],
)
def test_what_is_no_message_is_refused(stack: Stack, body: bytes, status: int):
    secret = boto3.client("secretsmanager").get_secret_value(SecretId=f"thingsync/{stack.name}/webhook")
    url = outputs_of(stack.name)["WebhookUrl"]

    answer = urllib3.request(
        "POST", url, body=body, headers={"X-Thingsync-Secret": secret["SecretString"]}, retries=False
    )

    assert answer.status == status
