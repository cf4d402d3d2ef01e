"""A Things Stack on this machine that is not the local cloud's own, as TTS_URL names it: it gets a webhook."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.configured import setup_of
from local.stacks import Outputs, deploy, parameters_for, remove
from local.things_stacks import ThingsStack
from tests.e2e.field import Simulator, Stack, eventually
from tests.simulated_stack import started

NAME = "loopback"
JOIN_EUI = "70B3D57ED0000001"


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Simulator]:
    """Another Things Stack, with the key that these tests have."""
    with started(tmp_path / "state.sqlite") as process:
        process.control("POST", "api-keys", key=os.environ["TTS_API_KEY"])
        yield Simulator(process.address)


@pytest.fixture
def named(other: Simulator) -> ThingsStack:
    return ThingsStack(f"{other.base_url}/api/v3", "demo-app", os.environ["TTS_API_KEY"])


@pytest.fixture
def outputs(named: ThingsStack) -> Iterator[Outputs]:
    yield deploy(NAME, parameters_for(named))
    remove(NAME)


def test_its_devices_become_things_and_what_was_set_up_is_reported(
    stack: Stack, other: Simulator, named: ThingsStack, outputs: Outputs, run_id: str
):
    device_id, dev_eui = f"beside-{run_id}", f"70B3BE51{run_id.upper()}"
    setup = dict(setup_of(named, outputs))

    other.register(device_id, dev_eui, JOIN_EUI, name="By hand")
    eventually(lambda: 202 in statuses(other, device_id) or None, "an answer of the webhook")
    shadow = stack.settled(dev_eui)

    assert (shadow["status"], shadow["method"], shadow["deviceId"]) == ("registered", "mirrored", device_id)
    assert stack.iot.describe_thing(thingName=dev_eui)["attributes"]["stackName"] == NAME
    assert (setup["application"], setup["cluster address"]) == ("demo-app", other.base_url)
    assert setup["webhook"].startswith(f"{outputs['WebhookUrl']}, since this Things Stack is on this machine")
    assert "wrote the webhook loopback-" in setup["Configure"]


def statuses(other: Simulator, device_id: str) -> list[int | None]:
    called = other.control("POST", "activity", {"device_id": device_id, "kind": "join"})["webhooks"]
    return [webhook.get("status") for webhook in called]
