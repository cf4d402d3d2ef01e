"""Every example of tests/cases through the pure functions, chained as the state machine chains them."""

import json

import pytest

from functions import name_device, validate_event
from tests.device_cases import PLANS, load, planned
from tests.samples import STACK, registry_event
from workflows.domain.decision import StackRules, decide
from workflows.domain.fold import ThingState
from workflows.domain.planning import StackDefaults
from workflows.errors import InvalidThingError
from workflows.schemas.handover import dump_decision, load_validated

PLAIN, DEVICES = load("registration"), load("devices")
# What the attributes alone decide.
DECIDED = [case for case in DEVICES if "needs" not in case]


def cases(listed, *outcomes):
    chosen = [case for case in listed if case["expect"]["outcome"] in outcomes]
    return pytest.mark.parametrize("case", [pytest.param(case, id=case["id"]) for case in chosen])


@pytest.fixture
def decided(monkeypatch):
    """Run a case; only JSON goes from function to function."""

    def run(case):
        monkeypatch.setenv("STACK_NAME", STACK)
        monkeypatch.setenv("THING_TYPE_NAME", "lorawan")
        event = registry_event(attributes=case["attributes"])
        found = json.loads(json.dumps(validate_event.handler(event, None)))
        found["device_id"] = json.loads(json.dumps(name_device.handler(found, None)))
        validated, _ = load_validated({"validated": found, "run": "run"})
        defaults = StackDefaults(PLANS[case["region"]], "1.0.3", "1.0.3-a")
        decision = decide(validated, ThingState(), StackRules(STACK, defaults))
        return json.loads(json.dumps(dump_decision(decision)))

    return run


def test_there_are_cases_of_every_outcome():
    assert {case["expect"]["outcome"] for case in PLAIN} == {"create", "claim", "rejected", "ignored"}
    assert {case["expect"]["outcome"] for case in DEVICES} == {"create", "claim", "rejected"}


@pytest.mark.parametrize("listed", [PLAIN, DEVICES, load("changes")], ids=["registration", "devices", "changes"])
def test_every_case_has_a_name_of_its_own(listed):
    assert sorted({case["id"] for case in listed}) == sorted(case["id"] for case in listed)


@cases(PLAIN, "create", "claim")
def test_a_thing_becomes_the_device_that_it_describes(decided, case):
    decision = decided(case)

    expected = case["expect"]["device"]
    assert decision["kind"] == case["expect"]["outcome"]
    device = decision["device"]
    assert {field: {**device, **device["values"], **device["keys"]}.get(field) for field in expected} == expected


@cases(DECIDED, "create", "claim")
def test_a_thing_of_any_kind_becomes_exactly_the_device_that_it_describes(decided, case):
    decision = decided(case)

    assert decision["kind"] == case["expect"]["outcome"]
    assert planned(decision["device"]) == case["expect"]["device"]


@cases(PLAIN + DECIDED, "rejected")
def test_a_refusal_names_exactly_the_attributes_to_correct(decided, case):
    try:
        problems = decided(case)["device"]["lacks"]  # rejected later, if The Things Stack has no device to take up
    except InvalidThingError as refused:
        problems = refused.problems

    assert sorted(problems) == case["expect"]["problems"]


@cases([case for case in DEVICES if "needs" in case], "create", "claim", "rejected")
def test_what_the_things_stack_decides_is_not_decided_before_it_is_asked(decided, case):
    decision = decided(case)

    claims = not {"claimAuthenticationCode", "qrCode"}.isdisjoint(case["attributes"])
    assert decision["kind"] == ("claim" if claims else "create")
    assert not decision["device"].get("lacks")


@cases(PLAIN, "ignored")
def test_a_thing_of_another_stack_is_skipped_with_that_reason(decided, case):
    decision = decided(case)

    assert (decision["kind"], decision["reason"], "device" in decision) == ("skip", "ignored: other stack", False)
