"""What Dispatch decided goes through the state machine as JSON and comes back whole."""

import json

import pytest

from tests.samples import (
    APP_KEY,
    CREATE,
    DEVICE_ID,
    MARK,
    STACK,
    THING_ID,
    planned,
    planned_claim,
    registered_device,
    registry_event,
)
from workflows.domain.attributes import DeviceKeys
from workflows.domain.decision import Decision, ValidatedEvent
from workflows.domain.event import relevance
from workflows.domain.fold import Attempt, Settled, ThingState
from workflows.domain.outcome import Outcome
from workflows.domain.run import Run
from workflows.domain.updating import PlannedUpdate
from workflows.schemas.event import load_event
from workflows.schemas.handed import dump_validated
from workflows.schemas.handover import (
    Work,
    dump_decision,
    dump_result,
    load_outcome,
    load_validated,
    load_work,
)
from workflows.schemas.thing import examine

EVENT = {"thing_id": THING_ID, "thing_name": "pump-7"}
UPDATE = PlannedUpdate(registered_device(), ("name", "frequencyPlanID"), {"appKey": "is missing"}, DeviceKeys(APP_KEY))
STATE = ThingState(
    facts=3, device=registered_device(), attempt=Attempt((DEVICE_ID,), ("name",)), settled=Settled("CREATED", 1, "done")
)


def through_json(value):
    return json.loads(json.dumps(value))


@pytest.mark.parametrize(
    "decision",
    [
        pytest.param(Decision("create", "keys", DEVICE_ID, planned(), leftovers=("pump-7",)), id="create"),
        pytest.param(
            Decision("claim", "code", DEVICE_ID, planned_claim(from_stack=("frequencyPlanID", "lorawanVersion"))),
            id="claim",
        ),
        pytest.param(Decision("update", "to write", DEVICE_ID, planned(), UPDATE), id="update"),
        pytest.param(Decision("update", "to write", DEVICE_ID, None, UPDATE), id="update of a thing without keys"),
        pytest.param(
            Decision("remove", "deleted", DEVICE_ID, device_ids=(DEVICE_ID, "pump-7"), known=registered_device()),
            id="remove",
        ),
        pytest.param(Decision("release", "another's", DEVICE_ID, release_reason="other stack"), id="release"),
    ],
)
def test_a_decision_survives_json(decision):
    message = through_json({"event": EVENT, "decision": dump_decision(decision), "run": MARK.run, "retries": 3})

    assert load_work(message, stack_name=STACK) == Work(decision, MARK, "pump-7", 3)


def test_work_that_does_not_say_how_often_it_was_tried_is_a_first_try():
    message = {"event": EVENT, "decision": dump_decision(Decision("skip", "duplicate")), "run": MARK.run}

    assert load_work(through_json(message), stack_name=STACK).run == Run(MARK.run, THING_ID, "pump-7")


def test_a_validated_event_survives_json():
    event = load_event(registry_event())
    whose = relevance(event, stack_name=STACK, thing_type_name="lorawan")
    examined = examine(CREATE)
    found = {**dump_validated(event, whose, examined), "device_id": DEVICE_ID}

    loaded = load_validated(through_json({"validated": found, "run": MARK.run, "retries": 3}))

    validated = ValidatedEvent("CREATED", 1, "ours", examined, DEVICE_ID, occurred_at_ms=event.occurred_at_ms)
    assert loaded == (validated, Run(MARK.run, THING_ID, "pump-7", 3))


def test_what_a_run_did_and_the_state_it_read_survive_json():
    outcome = Outcome("created", "why", DEVICE_ID, registered_device())

    dumped = through_json(dump_result(outcome, STATE))

    assert load_outcome({"decision": dump_decision(Decision("create", "why")), "result": dumped}) == (outcome, STATE)


ENDED = [
    pytest.param(Decision("skip", "why"), Outcome("skipped", "why"), id="skip"),
    pytest.param(
        Decision("release", "why", DEVICE_ID, release_reason="retained"),
        Outcome("released", "why", DEVICE_ID, release_reason="retained"),
        id="release",
    ),
    pytest.param(
        Decision("mirror", "why", DEVICE_ID, known=registered_device()),
        Outcome("mirrored", "why", DEVICE_ID, registered_device()),
        id="mirror",
    ),
]


@pytest.mark.parametrize("earlier", [{}, {"result": dump_result(Outcome("removed", "gone", DEVICE_ID), STATE)}])
@pytest.mark.parametrize(("decision", "outcome"), ENDED)
def test_a_decision_that_leaves_nothing_to_do_is_the_outcome_whatever_the_run_did_before_it_decided_again(
    decision, outcome, earlier
):
    assert load_outcome(through_json({"decision": dump_decision(decision), **earlier})) == (outcome, None)


def test_a_run_that_began_under_an_older_definition_brings_its_result_alone():
    outcome = Outcome("skipped", "why")

    assert load_outcome({"result": {"outcome": {"kind": "skipped", "reason": "why"}}}) == (outcome, None)
