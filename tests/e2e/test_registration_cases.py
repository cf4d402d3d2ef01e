"""Every case of the stack's region, created by boto3, all at once: what The Things Stack holds, what users read."""

from typing import Any

import pytest

from tests.device_cases import attributes_named, held, load
from tests.e2e.conftest import CASES
from tests.e2e.field import Case, Simulator, Stack

REGION = "eu-west-1"
IDS = [case["id"] for case in CASES if case["region"] == REGION]
# Their cases name all that a device has.
WHOLE = {case["id"] for case in load("devices")}


@pytest.fixture(scope="module")
def registered(stack: Stack, simulator: Simulator, cases: list[Case]) -> dict[str, Case]:
    """All cases as things named after them; returns when each that is ours has an outcome."""
    for case in cases:
        expected = case.expected.get("device", {})
        if case.expected["outcome"] == "claim":
            simulator.control(
                "POST",
                "claimable",
                {name: expected[name] for name in ("join_eui", "dev_eui", "authentication_code")},
            )
    for case in cases:
        stack.create_thing(case.thing_name, case.attributes)
    stack.wait_until_quiet()
    return {case.id: case for case in cases}


@pytest.fixture(scope="module")
def state(registered: dict[str, Case], simulator: Simulator) -> dict[str, dict[str, Any]]:
    """What The Things Stack holds once all are registered."""
    return simulator.state()


@pytest.mark.parametrize("case_id", IDS)
def test_a_thing_becomes_what_its_case_says(
    case_id: str, registered: dict[str, Case], stack: Stack, state: dict[str, dict[str, Any]]
):
    case = registered[case_id]
    expected = case.expected

    lines, shadow = stack.log_lines(case.thing_name), stack.shadow(case.thing_name)

    if expected["outcome"] == "ignored":
        assert (lines, shadow) == ([], None)
    elif expected["outcome"] == "rejected":
        assert shadow is not None
        assert (shadow["status"], shadow["error"]["name"]) == ("rejected", "InvalidThingError")
        assert attributes_named(shadow["error"]["message"]) == expected["problems"]
        assert [(line["outcome"], line["error"]) for line in lines] == [("rejected", shadow["error"])]
    else:
        method = {"create": "created", "claim": "claimed"}[expected["outcome"]]
        device = held(state, expected["device"]["device_id"])
        assert shadow is not None
        assert (shadow["status"], shadow["method"]) == ("registered", method)
        assert shadow["deviceId"] == expected["device"]["device_id"]
        named = device if case_id in WHOLE else {name: device.get(name) for name in expected["device"]}
        assert named == expected["device"]
        assert [(line["outcome"], line["method"]) for line in lines] == [("registered", method)]


def test_rejected_and_ignored_things_leave_no_device(registered: dict[str, Case], state: dict[str, dict[str, Any]]):
    dev_euis = {
        case.attributes.get("devEUI", "").upper()
        for case in registered.values()
        if case.expected["outcome"] in ("rejected", "ignored")
    }

    left = {
        record["ids"]["dev_eui"]
        for server in ("is", "js", "ns", "as")
        for record in state[server].values()
        if record["ids"].get("dev_eui") in dev_euis
    }
    assert left == set()
