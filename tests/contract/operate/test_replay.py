"""Sending things through once more: the plan, the question, the events."""

import json

import boto3

from operate.adapters.past_runs import PastRuns
from tests.contract.operate.field import MACHINE
from tests.journal_samples import CREATED, accepted, change, device
from tests.samples import CREATE, STACK
from workflows.domain.facts import DeviceCreated, EventFailed
from workflows.domain.naming import execution_arn
from workflows.schemas.event import load_event

FAILED = EventFailed(change(), "AccessDeniedError")


def sent(field):
    return [load_event(json.loads(body)) for body in field.waiting(field.queue_url)]


def runs_named(field):
    """Return the runs that the events in the queue name, so that Ingest starts others."""
    ask = {"QueueUrl": field.queue_url, "MessageAttributeNames": ["All"], "VisibilityTimeout": 0}
    found = [message.get("MessageAttributes", {}) for message in field.sqs.receive_message(**ask)["Messages"]]
    return [attributes["ExecutionArn"]["StringValue"] for attributes in found if "ExecutionArn" in attributes]


def test_a_failed_thing_is_sent_as_it_stands_now(field):
    thing_id = field.create_thing("pump-7", stackName=STACK)
    field.happened("pump-7", accepted(), FAILED, thing_id=thing_id)

    document = field.document("replay", "replay", "pump-7", "--yes", "--no-wait")

    [event] = sent(field)
    assert (event.operation, event.thing_id, event.version_number) == ("UPDATED", thing_id, 1)
    assert event.attributes == CREATE
    assert [(each["plan"], each["outcome"]) for each in document["things"]] == [("send", "in flight")]


def test_an_event_that_failed_names_its_run_since_one_of_that_name_may_have_succeeded_before(field):
    """The repair of a change that went well fails under that change's name."""
    thing_id, repair = field.create_thing("pump-7"), change("UPDATED", 1, "the-repair")
    facts = [accepted(), CREATED, accepted(repair), EventFailed(repair, "AccessDeniedError")]
    field.happened("pump-7", *facts, thing_id=thing_id)

    field.document("replay", "replay", "pump-7", "--yes", "--no-wait")

    assert runs_named(field) == [execution_arn(MACHINE, "the-repair")]


def test_an_event_of_which_nothing_was_heard_names_no_run(field):
    field.create_thing("pump-7")

    field.document("replay", "replay", "pump-7", "--yes", "--no-wait")

    assert runs_named(field) == []


def test_the_plan_is_shown_and_asked_about_and_no_means_no(field):
    thing_id = field.create_thing("pump-7")
    field.happened("pump-7", accepted(), FAILED, thing_id=thing_id)

    done = field.call("replay", "pump-7", answers="n\n")

    assert done.exit_code == 4
    assert "send UPDATED 1" in done.stderr
    assert "Nothing was changed" in done.stderr
    assert done.stdout == ""  # where programs read
    assert sent(field) == []


def test_nobody_there_to_answer_means_no(field):
    field.create_thing("pump-7")

    done = field.call("replay", "pump-7")

    assert (done.exit_code, sent(field)) == (4, [])


def test_no_key_of_a_thing_is_printed(field):
    field.create_thing("pump-7")

    done = field.call("replay", "pump-7", "--yes", "--no-wait")

    assert CREATE["appKey"] not in done.output


def test_a_settled_thing_is_left_alone_however_often_one_asks(field):
    thing_id = field.create_thing("pump-7")
    field.happened("pump-7", accepted(), CREATED, thing_id=thing_id)

    printed = field.printed("replay", "pump-7")

    assert "settled" in printed
    assert sent(field) == []


def test_a_thing_that_is_gone_is_sent_as_deleted(field):
    field.happened("pump-7", accepted(), CREATED)

    field.document("replay", "replay", "pump-7", "--yes", "--no-wait")

    assert [(event.operation, event.thing_id) for event in sent(field)] == [("DELETED", "id-of-pump-7")]


def gone(field, count):
    names = [f"pump-{number:02}" for number in range(count)]
    for name in names:
        of = change(run=f"{name}-v1-CREATED")
        field.happened(name, accepted(of, device_id=name), DeviceCreated(of, device(device_id=name)))
    return names


def test_more_than_a_few_things_that_are_gone_are_not_sent_even_after_a_yes(field):
    names = gone(field, 11)

    done = field.call("replay", *names, "--yes", "--no-wait")
    fewer = field.call("replay", *names, "--yes", "--no-wait", "--allow-removals", "10")

    assert (done.exit_code, fewer.exit_code, sent(field)) == (4, 4, [])
    error = " ".join(done.stderr.split())
    assert (
        "Nothing was sent: 11 things would lose their devices (pump-00, pump-01, pump-02, pump-03, pump-04, …)" in error
    )
    assert "add --allow-removals 11." in error


def test_as_many_as_are_allowed_are_sent(field):
    done = field.call("replay", *gone(field, 11), "--yes", "--no-wait", "--allow-removals", "11")

    assert done.exit_code == 0
    assert "11 things would lose their devices" in " ".join(done.stderr.split())
    assert [event.operation for _ in range(2) for event in taken(field)] == ["DELETED"] * 11


def taken(field):
    """Take the events off the queue, as Ingest does."""
    answer = field.sqs.receive_message(QueueUrl=field.queue_url, MaxNumberOfMessages=10)
    return [load_event(json.loads(message["Body"])) for message in answer.get("Messages", [])]


def test_all_things_of_an_error_are_sent(field):
    for name, error_name in (("pump-1", "AccessDeniedError"), ("pump-2", "ThingBusyError")):
        thing_id = field.create_thing(name)
        field.happened(name, accepted(device_id=name), EventFailed(change(), error_name), thing_id=thing_id)

    field.document("replay", "replay", "--error", "AccessDeniedError", "--yes", "--no-wait")

    assert [event.thing_name for event in sent(field)] == ["pump-1"]


def test_nothing_that_failed_is_nothing_to_replay(field):
    assert field.document("replay", "replay", "--error", "AccessDeniedError") == {"things": []}


def test_what_to_replay_must_be_said_in_one_way(field):
    assert field.call("replay").exit_code == 2
    assert field.call("replay", "pump-7", "--error", "ThingBusyError").exit_code == 2


def test_a_run_that_step_functions_does_not_know_yet_is_taken_to_run(field):
    """DescribeExecution lags behind StartExecution."""
    runs = PastRuns(boto3.client("stepfunctions"), MACHINE)

    assert runs.status(execution_arn(MACHINE, "just-started")) == "RUNNING"


def test_an_execution_of_another_machine_is_refused(field):
    done = field.call("replay", "--execution", "arn:aws:states:eu-west-1:123456789012:execution:other:run")

    assert done.exit_code == 2
    assert "is not an execution of this stack's state machine" in done.stderr
