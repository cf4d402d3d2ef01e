"""Every event of an hour is lost: one run of Reconcile makes both registries equal, and says what it found."""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest
from botocore.config import Config

from local.stacks import outputs_of
from tests.e2e.commands import document, thingsync
from tests.e2e.deployed import deployed
from tests.e2e.deploying import RIGHTS
from tests.e2e.field import Simulator, Stack
from tests.e2e.test_mirror import JOIN_EUI
from tests.e2e.test_trouble import attributes_of
from tests.patience import eventually
from workflows.bootstrap.reconciling import TIME_TO_STOP_S

HEALED, APPLICATION = "healed", "healed-app"
OWN_KEY = f"NNSXS.HEALED.{uuid.uuid4().hex.upper()}"
DEVICES = f"applications/{APPLICATION}/devices"
EACH = range(4)
BUDGET_S = 2


@pytest.fixture(scope="module")
def own(simulator: Simulator) -> Simulator:
    """An application of its own: the other tests' devices would be foreign ones here, and become things."""
    simulator.control("POST", "api-keys", {"key": OWN_KEY, "rights": RIGHTS, "application_id": APPLICATION})
    return Simulator(application=APPLICATION, api_key=OWN_KEY)


@pytest.fixture(scope="module")
def healed(own: Simulator) -> Iterator[Stack]:
    parameters = {"ReconcileSchedule": "rate(7 days)", "ApplicationId": APPLICATION, "ApplicationApiKey": OWN_KEY}
    with deployed(HEALED, parameters) as stack:
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


def registered_by_hand(own: Simulator, device_id: str, dev_eui: str) -> str:
    """Register a device that never sends on all servers that the scrub asks."""
    own.register(device_id, dev_eui, JOIN_EUI, name="Never sent")
    radio = {
        "lorawan_version": "MAC_V1_0_2",
        "lorawan_phy_version": "PHY_V1_0_2_REV_B",
        "frequency_plan_id": "EU_863_870",
    }
    written: dict[str, dict[str, object]] = {"ns": {"supports_join": True, **radio}, "as": {}}
    for server, values in written.items():
        device = {"ids": {"device_id": device_id, "dev_eui": dev_eui, "join_eui": JOIN_EUI}, **values}
        mask = {"paths": [*values] or ["ids.dev_eui"]}
        own.call("PUT", f"{server}/{DEVICES}/{device_id}", {"end_device": device, "field_mask": mask})
    return device_id


def test_what_happened_while_events_were_off_is_found_and_repaired(healed: Stack, own: Simulator, run_id: str):
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
    by_hand = {"end_device": {"name": "By hand"}, "field_mask": {"paths": ["name"]}}
    own.call("PUT", f"{DEVICES}/{devices[left[0]]}", by_hand)
    own.call("DELETE", f"{DEVICES}/{devices[left[1]]}")
    foreign = registered_by_hand(own, f"foreign-{run_id}", eui(50))

    seen = reconcile(mode="Report")
    healed.wait_until_quiet()
    repaired = reconcile(mode="Repair")
    lines = last_run()["findings"]
    healed.wait_until_quiet()
    after = reconcile()

    is_equal = thingsync("--stack", HEALED, "reconcile", "--deep").returncode == 0
    mirrored = thingsync("--stack", HEALED, "reconcile", "--mirror", "--apply", "--yes", "--json")

    counts = {"missing": 5, "differing": 5, "orphaned": 4}
    assert {name: seen[name] for name in counts} == counts
    assert (seen["repairs"], seen["foreign"], seen["complete"]) == (0, 1, True)
    assert {name: repaired[name] for name in (*counts, "repairs", "held_back")} == {
        **counts,
        "repairs": 14,
        "held_back": 0,
    }
    assert {line["done"] for line in lines if line["kind"] != "foreign"} == {"repaired"}
    assert {name: after[name] for name in counts} == dict.fromkeys(counts, 0)
    names = {record["ids"]["dev_eui"]: record.get("name") for record in own.state()["is"].values()}
    assert [names.get(eui(number)) for number in range(12)] == ["Unheard"] * 4 + [None] * 4 + [
        f"Pump.{number}" for number in range(8, 12)
    ]
    assert [names.get(eui(100 + number)) for number in EACH] == [f"Pump.{100 + number}" for number in EACH]
    assert (is_equal, mirrored.returncode) == (True, 0), mirrored.stderr
    found = [json.loads(line) for line in mirrored.stdout.splitlines()]
    assert [(line["deviceId"], line["thingName"]) for line in found] == [(foreign, eui(50))] * 2
    shadow = healed.settled(eui(50))
    assert (shadow["status"], shadow["method"], shadow["deviceId"]) == ("registered", "mirrored", foreign)
    assert reconcile()["foreign"] == 0


def test_a_run_that_does_not_fit_into_its_time_goes_on_in_other_invocations(healed: Stack, own: Simulator, run_id: str):
    """The first page takes longer than an invocation has, and so does the pause before the second look at a repair."""
    names = [f"{run_id}-far-{number}" for number in EACH]
    for number, name in enumerate(names):
        healed.create_thing(name, attributes_of(f"70B3D5{run_id.upper()}{200 + number:02X}", stackName=HEALED))
    [lost, *_] = [healed.outcome(name, "CREATED")["deviceId"] for name in names]
    own.call("DELETE", f"{DEVICES}/{lost}")
    slow = {"method": "GET", "path": "/devices$", "action": "delay", "delay_s": BUDGET_S + 1, "times": 1}

    with budget_of(BUDGET_S):
        own.control("POST", "faults", slow)
        first = reconcile(mode="Repair")
        under_way = last_run()["underWay"]
        last = eventually(last_run, lambda found: found["underWay"] is None)
        own.control("DELETE", "faults")

    assert (first["complete"], first["things"]) == (False, 0)
    assert under_way["run"] == last["last"]["run"]
    assert {name: last["last"]["found"][name] for name in ("missing", "repairs", "left")} == {
        "missing": 1,
        "repairs": 1,
        "left": 0,
    }
    assert last["last"]["found"]["things"] >= len(names)
    assert [line["done"] for line in last["findings"] if line["kind"] != "foreign"] == ["repaired"]
    assert lost in {key.partition("/")[2] for key in own.state()["is"]}
