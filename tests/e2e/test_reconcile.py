"""Every event of an hour is lost: one run of Reconcile makes both registries equal, and says what it found."""

import json
import os
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from local.stacks import deploy, outputs_of, remove
from tests.e2e.field import Simulator, Stack
from tests.e2e.test_operate import thingsync
from tests.e2e.test_trouble import attributes_of

HEALED = "healed"
EACH = range(4)


@pytest.fixture(scope="module")
def healed() -> Iterator[Stack]:
    outputs = deploy(HEALED, {"ReconcileSchedule": "rate(7 days)"})
    yield Stack(
        name=HEALED,
        queue_url=outputs["QueueUrl"],
        dead_letter_queue_url=outputs["DeadLetterQueueUrl"],
        state_machine_arn=outputs["StateMachineArn"],
    )
    remove(HEALED)


def reconcile(**order: object) -> dict[str, Any]:
    """Invoke the function once: a call that takes long must not be repeated by boto3."""
    client = boto3.client("lambda", config=Config(read_timeout=300, retries={"total_max_attempts": 1}))
    answer = client.invoke(FunctionName=outputs_of(HEALED)["ReconcileFunctionName"], Payload=json.dumps(order).encode())
    found: dict[str, Any] = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, found
    return found


def findings(healed: Stack) -> list[dict[str, Any]]:
    """Return the lines of the latest run that found something."""
    group = f"/thethings/lorawan/{HEALED}/reconcile"
    streams = healed.logs.describe_log_streams(logGroupName=group, orderBy="LastEventTime", descending=True)
    name = streams["logStreams"][0]["logStreamName"]
    events = healed.logs.get_log_events(logGroupName=group, logStreamName=name, startFromHead=True)["events"]
    return [json.loads(event["message"]) for event in events]


def test_what_happened_while_events_were_off_is_found_and_repaired(healed: Stack, simulator: Simulator, run_id: str):
    def eui(number: int) -> str:
        return f"70B3D5{run_id.upper()}{number:02X}"

    def thing(number: int) -> dict[str, str]:
        return attributes_of(eui(number), stackName=HEALED, name=f"Pump.{number}")

    changed, deleted, left = ([f"{run_id}-{kind}-{number}" for number in EACH] for kind in ("chg", "del", "old"))
    for number, name in enumerate((*changed, *deleted, *left)):
        healed.create_thing(name, thing(number))
    devices = {name: healed.outcome(name, "CREATED")["deviceId"] for name in (*changed, *deleted, *left)}
    healed.iot.update_event_configurations(eventConfigurations={"THING": {"Enabled": False}})
    for number in EACH:
        healed.create_thing(f"{run_id}-new-{number}", thing(100 + number))
        healed.update_thing(changed[number], thing(number) | {"name": "Unheard"})
        healed.iot.delete_thing(thingName=deleted[number])
    healed.iot.update_event_configurations(eventConfigurations={"THING": {"Enabled": True}})
    application = f"applications/{os.environ['TTS_APPLICATION']}/devices"
    by_hand = {"end_device": {"name": "By hand"}, "field_mask": {"paths": ["name"]}}
    simulator.call("PUT", f"{application}/{devices[left[0]]}", by_hand)
    simulator.call("DELETE", f"{application}/{devices[left[1]]}")

    seen = reconcile(mode="Report")
    healed.wait_until_quiet()
    repaired = reconcile(mode="Repair")
    healed.wait_until_quiet()
    after = reconcile()

    counts = {"missing": 5, "differing": 5, "orphaned": 4}
    assert {name: seen[name] for name in counts} == counts
    assert (seen["repairs"], seen["complete"]) == (0, True)
    assert {name: repaired[name] for name in (*counts, "repairs", "held_back")} == {
        **counts,
        "repairs": 14,
        "held_back": 0,
    }
    assert {line["done"] for line in findings(healed) if line["kind"] != "foreign"} == {"repaired"}
    assert {name: after[name] for name in counts} == dict.fromkeys(counts, 0)
    names = {record["ids"]["dev_eui"]: record.get("name") for record in simulator.state()["is"].values()}
    assert [names.get(eui(number)) for number in range(12)] == ["Unheard"] * 4 + [None] * 4 + [
        f"Pump.{number}" for number in range(8, 12)
    ]
    assert [names.get(eui(100 + number)) for number in EACH] == [f"Pump.{100 + number}" for number in EACH]
    assert thingsync("--stack", HEALED, "reconcile", "--deep").returncode == 0
