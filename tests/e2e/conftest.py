"""The local cloud, with the stack that `make up` deployed; `make test` starts it for these tests."""

import json
import os
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from local.emulator import set_pace
from tests import device_cases
from tests.e2e.field import Case, Simulator, Stack
from workflows.domain.attributes import KEYS


def _of_kind(case: dict[str, Any]) -> str:
    return str(case["id"]).partition("-")[0]


def _of_all_kinds() -> list[dict[str, Any]]:
    """The plain cases; of the others all that The Things Stack decides, and of each kind one that is refused before.

    What things cannot hold is left out. The pipeline's tests in one process run all cases.
    """
    possible = [case for case in device_cases.load("devices") if device_cases.fits_on_a_thing(case["attributes"])]
    refused = {_of_kind(case): case["id"] for case in possible if case["expect"]["outcome"] == "rejected"}
    examples = {*refused.values(), *(case["id"] for case in possible if "needs" in case)}
    examples |= {case["id"] for case in possible if case["expect"]["outcome"] != "rejected"}
    return [*device_cases.load("registration"), *(case for case in possible if case["id"] in examples)]


CASES = _of_all_kinds()
SECRET_ATTRIBUTES = (*KEYS, "claimAuthenticationCode")


@pytest.fixture(scope="session")
def stack() -> Stack:
    return Stack(
        name=os.environ["STACK_NAME"],
        queue_url=os.environ["QUEUE_URL"],
        dead_letter_queue_url=os.environ["DLQ_URL"],
        state_machine_arn=os.environ["STATE_MACHINE_ARN"],
    )


@pytest.fixture(scope="session")
def simulator() -> Simulator:
    return Simulator()


@pytest.fixture
def run_id() -> str:
    """Distinguish the things of one test from those of any other.

    It has a letter, so that names with it in upper case and in lower case differ.
    """
    return f"e{uuid.uuid4().hex[:7]}"


@pytest.fixture
def unhurried_retries() -> Iterator[None]:
    """Let state machines wait a tenth of the time between retries.

    Runs that wait for each other then ask so seldom that the machine has time for the work.
    """
    set_pace(0.1)
    yield
    set_pace(1)


@pytest.fixture
def no_waits() -> Iterator[None]:
    """Let state machines not wait at all between retries: for the few runs that must use them up."""
    set_pace(0)
    yield
    set_pace(1)


@pytest.fixture(scope="session")
def cases() -> list[Case]:
    """The cases of the stack's region, each with a device of its own, so that all can be registered at once."""
    own = [case for case in CASES if case["region"] == os.environ["AWS_DEFAULT_REGION"]]
    return [_with_device_of_its_own(case, number) for number, case in enumerate(own)]


def _with_device_of_its_own(case: dict[str, object], number: int) -> Case:
    """Give the case's device another DevEUI wherever it stands, in either spelling."""
    text = json.dumps(case)
    for shared in ("70B3D57ED0051234", "EC656E0000105A2B"):
        own = f"{shared[:-4]}{0xA000 + number:04X}"
        text = text.replace(shared, own).replace(shared.lower(), own.lower())
    changed = json.loads(text)
    return Case(changed["id"], changed["attributes"], changed["expect"])


@pytest.fixture
def own_dead_letters(stack: Stack) -> Iterator[None]:
    """Begin with an empty dead-letter queue, and leave it so."""
    stack.dead_letters()
    yield
    stack.dead_letters()
