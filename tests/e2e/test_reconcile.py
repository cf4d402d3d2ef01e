"""Every event of an hour is lost: one run of Reconcile makes both registries equal, and says what it found."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.config import Config

from local.stacks import outputs_of
from tests.e2e.commands import document, thingsync
from tests.e2e.deployed import deployed
from tests.e2e.field import Simulator, Stack
from tests.e2e.test_trouble import attributes_of
from tests.patience import eventually
from workflows.bootstrap.reconciling import TIME_TO_STOP_S

HEALED = "healed"
EACH = range(4)
BUDGET_S = 2


@pytest.fixture(scope="module")
def healed() -> Iterator[Stack]:
    with deployed(HEALED, {"ReconcileSchedule": "rate(7 days)"}) as stack:
        yield stack


def reconcile(**order: object) -> dict[str, Any]:
    """Invoke the function once: a call that takes long must not be repeated by boto3."""
    client = boto3.client("lambda", config=Config(read_timeout=300, retries={"total_max_attempts": 1}))
    answer = client.invoke(FunctionName=outputs_of(HEALED)["ReconcileFunctionName"], Payload=json.dumps(order).encode())
    found: dict[str, Any] = json.loads(answer["Payload"].read())
    assert "FunctionError" not in answer, found
    return found


@contextmanager
def budget_of(seconds: int) -> Iterator[None]:
    """Let each invocation have so little time before it stops."""
    client, name = boto3.client("lambda"), outputs_of(HEALED)["ReconcileFunctionName"]
    before = client.get_function_configuration(FunctionName=name)["Timeout"]
    client.update_function_configuration(FunctionName=name, Timeout=TIME_TO_STOP_S + seconds)
    try:
        yield
    finally:
        client.update_function_configuration(FunctionName=name, Timeout=before)


def last_run() -> dict[str, Any]:
    found: dict[str, Any] = document("--stack", HEALED, "reconcile", "--last")
    return found


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
    lines = last_run()["findings"]
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
    assert {line["done"] for line in lines if line["kind"] != "foreign"} == {"repaired"}
    assert {name: after[name] for name in counts} == dict.fromkeys(counts, 0)
    names = {record["ids"]["dev_eui"]: record.get("name") for record in simulator.state()["is"].values()}
    assert [names.get(eui(number)) for number in range(12)] == ["Unheard"] * 4 + [None] * 4 + [
        f"Pump.{number}" for number in range(8, 12)
    ]
    assert [names.get(eui(100 + number)) for number in EACH] == [f"Pump.{100 + number}" for number in EACH]
    assert thingsync("--stack", HEALED, "reconcile", "--deep").returncode == 0


def test_a_run_that_does_not_fit_into_its_time_goes_on_in_other_invocations(
    healed: Stack, simulator: Simulator, run_id: str
):
    """The first page takes longer than an invocation has, and so does the pause before the second look at a repair."""
    names = [f"{run_id}-far-{number}" for number in EACH]
    for number, name in enumerate(names):
        healed.create_thing(name, attributes_of(f"70B3D5{run_id.upper()}{200 + number:02X}", stackName=HEALED))
    [lost, *_] = [healed.outcome(name, "CREATED")["deviceId"] for name in names]
    simulator.call("DELETE", f"applications/{os.environ['TTS_APPLICATION']}/devices/{lost}")
    slow = {"method": "GET", "path": "/devices$", "action": "delay", "delay_s": BUDGET_S + 1, "times": 1}

    with budget_of(BUDGET_S):
        simulator.control("POST", "faults", slow)
        first = reconcile(mode="Repair")
        under_way = last_run()["underWay"]
        last = eventually(last_run, lambda found: found["underWay"] is None)
        simulator.control("DELETE", "faults")

    assert (first["complete"], first["things"]) == (False, 0)
    assert under_way["run"] == last["last"]["run"]
    assert {name: last["last"]["found"][name] for name in ("missing", "repairs", "left")} == {
        "missing": 1,
        "repairs": 1,
        "left": 0,
    }
    assert last["last"]["found"]["things"] >= len(names)
    assert [line["done"] for line in last["findings"] if line["kind"] != "foreign"] == ["repaired"]
    assert lost in {key.partition("/")[2] for key in simulator.state()["is"]}
