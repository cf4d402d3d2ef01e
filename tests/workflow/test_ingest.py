"""One run for each change, however often its message comes, and another one where that is the operator's will."""

import base64
import json

import pytest

from tests.golden_events import golden
from tests.simulated_stack import API_KEY
from tests.workflow.mistakes import key
from tests.workflow.queue import Runs, delivered, message, published

NAME = "-v1-CREATED"
ENDINGS = {
    "SUCCEEDED": {"Type": "Succeed"},
    "FAILED": {"Type": "Fail", "Error": "AccessDeniedError", "Cause": "a key that was refused"},
    "RUNNING": {"Type": "Wait", "Seconds": 60, "End": True},
}


@pytest.fixture(scope="module")
def machines(cloud):
    """State machines by the status in which all their runs end, or stay."""
    definitions = {status: json.dumps({"StartAt": "Only", "States": {"Only": ENDINGS[status]}}) for status in ENDINGS}
    return {status: cloud.deploy(status, definition) for status, definition in definitions.items()}


@pytest.fixture
def intake(pipeline, machines):
    """Return what puts such a state machine behind Ingest."""

    def put(status="SUCCEEDED"):
        pipeline.deploy(STATE_MACHINE_ARN=machines[status])
        return Runs(pipeline.cloud.clients["stepfunctions"], machines[status])

    return put


def test_a_message_becomes_a_device(pipeline):
    event = pipeline.event("created")
    runs = Runs(pipeline.cloud.clients["stepfunctions"], pipeline.cloud.state_machine_arn)

    failures = delivered(message(event))
    runs.wait_until(event, "SUCCEEDED")

    assert (failures, list(runs.of(event))) == ([], [NAME])
    assert pipeline.shadow(event)["status"] == "registered"
    assert pipeline.metrics() == {"EventsStarted": 1, "Registered": 1, "RegistrationLatency": 1}


def test_a_run_gets_the_event_as_aws_iot_published_it(pipeline, intake):
    event, runs = pipeline.event("created"), intake()
    text = json.dumps(event, indent=2)

    delivered(message(text))

    assert runs.input_of(event, NAME) == text


AGAIN = [
    pytest.param("RUNNING", {}, [NAME], {"EventsStarted": 2}, id="it-runs"),
    pytest.param("RUNNING", {"eventId": "2"}, [NAME], {"EventsStarted": 1, "EventsDuplicate": 1}, id="published-twice"),
    pytest.param("SUCCEEDED", {}, [NAME], {"EventsStarted": 1, "EventsDuplicate": 1}, id="it-has-succeeded"),
    pytest.param("FAILED", {}, [NAME, f"{NAME}-r"], {"EventsStarted": 2}, id="it-has-failed"),
]


@pytest.mark.parametrize(("status", "changes", "names", "metrics"), AGAIN)
def test_a_change_that_comes_again_runs_again_only_if_it_failed(pipeline, intake, *, status, changes, names, metrics):
    event, runs = pipeline.event("created"), intake(status)
    delivered(message(event))
    runs.wait_until(event, status)

    failures = delivered(message(event | changes))

    assert failures == []
    assert [name[: len(NAME) + 2] for name in runs.of(event)] == names
    assert pipeline.metrics() == metrics


@pytest.mark.parametrize("status", ["SUCCEEDED", "FAILED"])
def test_what_the_operator_redrives_runs_again_once_whatever_became_of_it(pipeline, intake, status):
    event, runs = pipeline.event("created"), intake(status)
    delivered(message(event))
    runs.wait_until(event, status)
    redriven = message(event, ErrorName="AccessDeniedError", ExecutionArn="arn:aws:states:eu-west-1:1:execution:a:b")

    failures = delivered(redriven)
    runs.wait_until(event, status, status)
    failures += delivered(redriven)

    assert failures == []
    assert list(runs.of(event)) == [NAME, f"{NAME}-r{redriven['messageId'][:8]}"]
    assert pipeline.metrics() == {"EventsStarted": 2, "EventsDuplicate": 1}


def test_redriving_the_message_of_a_failed_run_registers_the_device(pipeline):
    event = pipeline.event("created")
    runs = Runs(pipeline.cloud.clients["stepfunctions"], pipeline.cloud.state_machine_arn)
    key("NNSXS.NOBODY.KNOWSTHIS")(pipeline)
    delivered(message(event))
    runs.wait_until(event, "FAILED")
    [(body, attributes)] = pipeline.dead_letters()

    pipeline.secret("another-api-key", API_KEY)
    failures = delivered(message(body, **attributes))
    runs.wait_until(event, "FAILED", "SUCCEEDED")

    assert failures == []
    assert pipeline.shadow(event)["status"] == "registered"


FOREIGN = [
    pytest.param("deleted", {"thingTypeName": "lamp"}, id="a-thing-of-another-type-removed"),
    pytest.param("deleted-bare", {}, id="a-thing-of-no-type-removed"),
    pytest.param("created", {"attributes": {"stackName": "thingsync-2"}}, id="another-stacks-thing"),
    pytest.param("updated", {"attributes": None}, id="any-thing-updated"),
]


@pytest.mark.parametrize(("name", "changes"), FOREIGN)
def test_what_is_not_ours_costs_no_run(pipeline, intake, name, changes):
    event, runs = pipeline.event(name, **changes), intake()

    failures = delivered(message(event))

    assert (failures, runs.of(event), pipeline.dead_letters()) == ([], {}, [])
    assert pipeline.metrics() == {"EventsIgnored": 1}


KNOWN = [
    pytest.param(lambda pipeline, created: pipeline.deleted(created, "deleted-bare"), "-v1-DELETED", id="removed"),
    pytest.param(
        lambda pipeline, created: pipeline.updated(created, stackName="thingsync-2"), "-v2-UPDATED", id="handed-over"
    ),
]


@pytest.mark.parametrize(("change", "name"), KNOWN)
def test_a_thing_that_the_journal_knows_is_ours_whatever_its_event_says(pipeline, intake, change, name):
    event = change(pipeline, pipeline.registered())
    runs = intake()

    failures = delivered(message(event))

    assert (failures, list(runs.of(event))) == ([], [name])


def test_what_a_rule_could_not_queue_is_taken_out_of_its_envelope(pipeline, intake):
    event, runs = pipeline.event("created"), intake()
    payload = base64.b64encode(published(event).encode()).decode()

    failures = delivered(message(golden("error-action-envelope", base64OriginalPayload=payload)))

    assert failures == []
    assert runs.input_of(event, NAME) == published(event)
