"""Messages that cannot be processed now are delivered again; what never can be waits in the dead-letter queue."""

import json

import pytest
from botocore.exceptions import ReadTimeoutError

from tests.workflow.aws_trouble import answered, unanswered
from tests.workflow.queue import Runs, delivered, message
from workflows.adapters import aws
from workflows.steps.ingest import CALLS_AT_MOST

NAME = "-v1-CREATED"
ENVELOPE = {"ruleName": "things_created", "topic": "$aws/events/thing/pump/created"}


@pytest.fixture(scope="module")
def idle_machine(cloud):
    return cloud.deploy("idle", json.dumps({"StartAt": "Only", "States": {"Only": {"Type": "Fail", "Error": "Any"}}}))


@pytest.fixture
def runs(pipeline, idle_machine):
    """The runs of a state machine that fails each, and costs nothing."""
    pipeline.deploy(STATE_MACHINE_ARN=idle_machine)
    return Runs(pipeline.cloud.clients["stepfunctions"], idle_machine)


POISON = [
    pytest.param("not JSON", "is not JSON", id="no-json"),
    pytest.param('"created"', "is no JSON object", id="a-text"),
    pytest.param("{}", "eventType: Missing data", id="an-empty-object"),
    pytest.param(json.dumps(ENVELOPE | {"base64OriginalPayload": "%"}), "is not base64", id="a-torn-envelope"),
    pytest.param(json.dumps({"attributes": {"a\x1b[2J": 7}}), r"attributes: a\x1b[2J value", id="control-characters"),
]


@pytest.mark.parametrize(("body", "problem"), POISON)
def test_poison_waits_in_the_dead_letter_queue_as_it_came(pipeline, body, problem):
    failures = delivered(message(body))

    [(found, attributes)] = pipeline.dead_letters()
    assert failures == []
    assert (found, attributes["ErrorName"]) == (body, "InvalidEventError")
    assert problem in attributes["ErrorMessage"]
    assert pipeline.metrics() == {"EventsUnreadable": 1}


def test_poison_alone_in_a_batch_of_ten_keeps_nothing_from_being_started(pipeline, runs):
    events = [pipeline.event("created") for _ in range(9)]

    failures = delivered(*map(message, [*events[:4], "not JSON", *events[4:]]))

    assert failures == []
    assert [list(runs.of(event)) for event in events] == [[NAME]] * 9
    assert [attributes["ErrorName"] for _, attributes in pipeline.dead_letters()] == ["InvalidEventError"]
    assert pipeline.metrics() == {"EventsStarted": 9, "EventsUnreadable": 1}


TROUBLE = [
    pytest.param(answered, {"status": 400, "code": "ThrottlingException"}, "RegistryThrottledError", id="throttled"),
    pytest.param(answered, {"status": 500, "code": "InternalFailure"}, "RegistryUnavailableError", id="failing"),
    pytest.param(unanswered, {"error": ReadTimeoutError}, "RegistryUnavailableError", id="slow"),
    pytest.param(answered, {"status": 400, "code": "StateMachineDoesNotExist"}, "StateMachineDoesNotExist", id="gone"),
]


@pytest.mark.parametrize(("trouble", "how", "error"), TROUBLE)
def test_a_run_that_cannot_be_started_comes_again_alone(pipeline, runs, *, trouble, how, error):
    events = [pipeline.event("created") for _ in range(3)]
    batch = [message(event) for event in events]

    with trouble(aws.stepfunctions(), "StartExecution", times=1, **how):
        failures = delivered(*batch)

    assert failures == [batch[0]["messageId"]]
    assert [list(runs.of(event)) for event in events] == [[], [NAME], [NAME]]
    assert pipeline.metrics() == {"EventsStarted": 2, "EventsNotStarted": 1}
    assert error in pipeline.written()


def test_a_batch_of_which_nothing_can_be_started_comes_again_whole(pipeline, runs):
    batch = [message(pipeline.event("created")) for _ in range(3)]

    with answered(aws.stepfunctions(), "StartExecution", status=400, code="ThrottlingException"):
        failures = delivered(*batch)

    assert failures == [record["messageId"] for record in batch]
    assert pipeline.dead_letters() == []


def test_a_taken_name_that_cannot_be_checked_comes_again(pipeline, runs):
    event = pipeline.event("created")
    delivered(message(event))
    runs.wait_until(event, "FAILED")
    second = message(event)

    with answered(aws.stepfunctions(), "DescribeExecution", status=400, code="ThrottlingException"):
        failures = delivered(second)

    assert failures == [second["messageId"]]
    assert list(runs.of(event)) == [NAME]


def test_poison_comes_again_while_the_dead_letter_queue_cannot_take_it(pipeline, runs):
    poison, event = message("not JSON"), pipeline.event("created")

    with answered(aws.sqs(), "SendMessage", status=500, code="InternalFailure"):
        failures = delivered(poison, message(event))

    assert failures == [poison["messageId"]]
    assert list(runs.of(event)) == [NAME]


@pytest.mark.parametrize(("spare_ms", "started"), [(0, True), (-1, False)])
def test_a_message_is_begun_only_if_its_calls_fit_into_the_time_left(pipeline, runs, spare_ms, started):
    event = pipeline.event("created")
    record = message(event)

    failures = delivered(record, remaining_ms=CALLS_AT_MOST * aws.CALL_TIMEOUT_S * 1000 + spare_ms)

    assert failures == ([] if started else [record["messageId"]])
    assert list(runs.of(event)) == ([NAME] if started else [])
