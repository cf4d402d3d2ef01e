"""Configure: whatever the registry holds, it ends with the thing type there and registry events on, or says why not."""

import pytest

from tests.fakes.thing_registry import FakeThingRegistry
from workflows.domain.configuration import Outcome, Request
from workflows.steps.configure import REASON_MAX_CHARS, configure

CREATE = Request(kind="Create", thing_type_name="lorawan")
UPDATE = Request(kind="Update", thing_type_name="lorawan")
DELETE = Request(kind="Delete", thing_type_name="lorawan")

each_change = pytest.mark.parametrize(
    "request_", [pytest.param(CREATE, id="create"), pytest.param(UPDATE, id="update")]
)


@each_change
def test_in_an_empty_account_the_type_is_created_searchable_and_events_are_switched_on(request_):
    registry = FakeThingRegistry()

    outcome = configure(request_, registry)

    assert outcome == Outcome("SUCCESS", "created the thing type lorawan; switched registry events on")
    assert registry.types == {"lorawan": ("devEUI", "stackName")}
    assert registry.switches == {"THING": True}


@each_change
def test_what_is_there_is_left_as_it_is(request_):
    registry = FakeThingRegistry(types={"lorawan": ("serial",)}, switches={"THING": True, "JOB": False})

    outcome = configure(request_, registry)

    assert outcome == Outcome("SUCCESS", "found the thing type lorawan; registry events were on")
    assert registry.types == {"lorawan": ("serial",)}
    assert registry.written == []


def test_other_families_of_events_keep_their_switches():
    registry = FakeThingRegistry(switches={"THING": False, "JOB": True, "CERTIFICATE": False})

    configure(CREATE, registry)

    assert registry.written == [{"THING": True, "JOB": True, "CERTIFICATE": False}]


def test_running_again_changes_nothing():
    registry = FakeThingRegistry()
    configure(CREATE, registry)

    configure(CREATE, registry)

    assert len(registry.written) == 1


def test_a_deprecated_type_is_no_type_to_work_with():
    registry = FakeThingRegistry(types={"lorawan": ()}, deprecated=["lorawan"])

    outcome = configure(CREATE, registry)

    assert outcome.status == "FAILED"
    assert outcome.reason.startswith("StackConfigurationError: The thing type lorawan is deprecated")
    assert registry.written == []


def test_trouble_becomes_an_answer_that_names_it():
    outcome = configure(CREATE, FakeThingRegistry(throttled=True))

    assert outcome == Outcome("FAILED", "RegistryThrottledError: AWS throttled DescribeThingType.")


def test_a_long_reason_is_cut_to_what_cloudformation_takes():
    registry = FakeThingRegistry(types={"x" * 2 * REASON_MAX_CHARS: ()}, deprecated=["x" * 2 * REASON_MAX_CHARS])

    outcome = configure(Request(kind="Create", thing_type_name="x" * 2 * REASON_MAX_CHARS), registry)

    assert (outcome.status, len(outcome.reason)) == ("FAILED", REASON_MAX_CHARS)


def test_a_deleted_stack_leaves_both_as_they_are_and_says_so():
    registry = FakeThingRegistry(types={"lorawan": ("devEUI",)}, switches={"THING": True}, throttled=True)

    outcome = configure(DELETE, registry)

    assert outcome.status == "SUCCESS"
    assert outcome.reason.startswith("left the thing type lorawan")
    assert (registry.types, registry.switches) == ({"lorawan": ("devEUI",)}, {"THING": True})
