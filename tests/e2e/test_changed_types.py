"""A thing of another type, or of none, is no thing that is gone: its device stays wherever it is."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import pytest

from tests.e2e.commands import thingsync
from tests.e2e.field import THING_TYPE, Simulator, Stack, eventually

SERVERS = ("is", "js", "ns", "as")
LAMP = "lamp"
# More than go at once without a word.
MANY = 11


def reconcile(*options: str) -> "subprocess.CompletedProcess[str]":
    return thingsync("reconcile", "--json", *options)


def repaired(thing_name: str, *options: str) -> dict[str, Any]:
    """Repair what differs, and return what became of the thing."""
    done = reconcile("--apply", "--yes", *options)
    lines: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
    [line] = [line for line in lines if line["thingName"] == thing_name and "status" in line]
    return line


def attributes(stack: Stack, run_id: str, number: int) -> dict[str, str]:
    return {
        "devEUI": f"70B3D5{number:02X}{run_id.upper()}",
        "stackName": stack.name,
        "joinEUI": "70B3D57ED0000001",
        "lorawanVersion": "1.0.3",
        "regionalParametersVersion": "1.0.3-a",
        "appKey": "2B7E151628AED2A6ABF7158809CF4F3C",
    }


def register(stack: Stack, run_id: str, count: int) -> list[str]:
    """Return the names of things whose devices are registered."""
    names = [f"typed-{run_id}-{number}" for number in range(count)]
    for number, name in enumerate(names):
        stack.create_thing(name, attributes(stack, run_id, number))
    for name in names:
        assert stack.outcome(name, "CREATED")["outcome"] == "registered"
    return names


def held(simulator: Simulator, run_id: str) -> dict[str, dict[str, Any]]:
    """Return what each server keeps of the test's devices."""
    state = simulator.state()
    return {server: {key: record for key, record in state[server].items() if run_id in key} for server in SERVERS}


@pytest.fixture
def lamps(stack: Stack) -> str:
    """Things of another type than the stack's may be made."""
    stack.iot.create_thing_type(thingTypeName=LAMP)
    return LAMP


def test_a_thing_of_another_type_is_released_and_comes_back_with_its_type(
    stack: Stack, simulator: Simulator, run_id: str, lamps: str
):
    [name] = register(stack, run_id, 1)
    before = held(simulator, run_id)
    stack.iot.update_thing(thingName=name, thingTypeName=lamps)

    repair = repaired(name)
    after = held(simulator, run_id)
    again = reconcile()
    stack.iot.update_thing(thingName=name, thingTypeName=THING_TYPE)
    back = stack.outcome(name, "UPDATED", 3)
    stack.update_thing(name, {**attributes(stack, run_id, 0), "name": "Back"})
    updated = stack.outcome(name, "UPDATED", 4)

    assert (repair["kind"], repair["repair"], repair["stillDiffers"]) == ("orphaned", "release", None)
    assert repair["text"] == "the thing has another type now (lamp), but its device is still linked"
    assert after == before
    assert [len(after[server]) for server in SERVERS] == [1, 1, 1, 1]
    assert name not in again.stdout
    assert (back["outcome"], updated["outcome"]) == ("registered", "registered")
    [record] = held(simulator, run_id)["is"].values()
    assert record["name"] == "Back"


def test_a_thing_that_lost_its_type_gets_it_back_and_keeps_its_device(stack: Stack, simulator: Simulator, run_id: str):
    [name] = register(stack, run_id, 1)
    before = held(simulator, run_id)
    stack.iot.update_thing(thingName=name, removeThingType=True)

    repair = repaired(name)
    stack.update_thing(name, {**attributes(stack, run_id, 0), "name": "Typed"})
    updated = stack.outcome(name, "UPDATED", 4)

    assert (repair["kind"], repair["repair"], repair["stillDiffers"]) == ("differing", "retype", None)
    assert stack.iot.describe_thing(thingName=name)["thingTypeName"] == THING_TYPE
    assert updated["outcome"] == "registered"
    after = held(simulator, run_id)
    assert [len(after[server]) for server in SERVERS] == [1, 1, 1, 1]
    assert after["js"] == before["js"]


@contextmanager
def unheard(stack: Stack) -> Iterator[None]:
    """Let no rule pass an event of the registry."""
    client = boto3.client("cloudformation")
    pages = client.get_paginator("list_stack_resources").paginate(StackName=stack.name)
    resources = [each for page in pages for each in page["StackResourceSummaries"]]
    rules = [each["PhysicalResourceId"] for each in resources if each["ResourceType"] == "AWS::IoT::TopicRule"]
    for rule in rules:
        stack.iot.disable_topic_rule(ruleName=rule)
    try:
        yield
    finally:
        for rule in rules:
            stack.iot.enable_topic_rule(ruleName=rule)


@pytest.mark.parametrize(
    ("number", "options"),
    [pytest.param(1, (), id="with another DevEUI"), pytest.param(0, ("--deep",), id="just the same")],
)
def test_a_thing_that_was_made_again_unheard_is_not_the_one_that_is_gone(
    stack: Stack, simulator: Simulator, run_id: str, number: int, options: tuple[str, ...]
):
    [name] = register(stack, run_id, 1)
    with unheard(stack):
        stack.iot.delete_thing(thingName=name)
        thing_id = stack.create_thing(name, attributes(stack, run_id, number))

    done = reconcile("--apply", "--yes", *options)
    left = reconcile("--deep")

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    found = {line["repair"]: line["stillDiffers"] for line in lines if line["thingName"] == name and "status" in line}
    assert found == {"remove": None, "write": None}
    assert name not in left.stdout
    after = held(simulator, run_id)
    assert [len(after[server]) for server in SERVERS] == [1, 1, 1, 1]
    [record] = after["is"].values()
    assert record["attributes"]["aws-thing-id"] == thing_id
    assert record["ids"]["dev_eui"] == attributes(stack, run_id, number)["devEUI"]


def test_many_things_of_another_type_are_held_back_until_their_number_is_said(
    stack: Stack, simulator: Simulator, run_id: str, lamps: str
):
    names = register(stack, run_id, MANY)
    before = held(simulator, run_id)
    for name in names:
        stack.iot.update_thing(thingName=name, thingTypeName=lamps)

    refused = reconcile("--apply", "--yes")
    untouched = held(simulator, run_id)
    done = reconcile("--apply", "--yes", "--allow-removals", str(MANY))
    released = eventually(
        lambda: [stack.outcome(name, "UPDATED", 2)["outcome"] for name in names] or None, "every release"
    )

    assert refused.returncode == 4
    assert f"{MANY} things would lose their devices" in " ".join(refused.stderr.split())
    assert untouched == before == held(simulator, run_id)
    assert f"--allow-removals {MANY}" not in done.stderr
    assert released == ["released"] * MANY
