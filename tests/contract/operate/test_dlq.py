"""Showing the messages in the dead-letter queue, and deleting them."""

import json

import pytest
from botocore.awsrequest import AWSResponse
from typer.testing import CliRunner

from operate.app import app
from tests.journal_samples import accepted, change, device
from tests.samples import registry_event
from workflows.domain.facts import DeviceCreated, EventFailed

RUN = {"ErrorName": "AccessDeniedError", "ExecutionArn": "arn:aws:states:eu-west-1:1:execution:thingsync:run"}
POISON = "<html>"


def event(thing_id="id-of-pump-7"):
    return json.dumps(registry_event(thingId=thing_id))


def test_each_message_is_reported_with_its_thing_and_whether_a_redrive_helps(field):
    field.happened("pump-7", accepted(), EventFailed(change(), "AccessDeniedError"))
    field.happened("pump-8", accepted(device_id="d"), DeviceCreated(change(), device(device_id="d")))
    field.bury(event(), **RUN)
    field.bury(event("id-of-pump-8"), **RUN)
    field.bury(POISON)

    document = field.document("dlq", "dlq", exit_code=1)
    printed = field.printed("dlq", exit_code=1)

    assert document["total"] == 3
    assert {(each["thingId"], each["kind"], each["redriveHelps"]) for each in document["messages"]} == {
        ("id-of-pump-7", "failed run", "after the fix"),
        ("id-of-pump-8", "failed run", "no need"),
        (None, "no event", "no"),
    }
    assert "dlq purge --unreadable" in " ".join(printed.split())


def test_looking_takes_nothing_out(field):
    for number in range(3):
        field.bury(f'"{number}"')

    field.call("dlq")

    assert len(field.waiting(field.dead_letter_queue_url)) == 3


def test_of_many_messages_some_are_shown_and_the_rest_is_counted(field):
    for number in range(12):
        field.bury(f'"{number}"')

    document = field.document("dlq", "dlq", "--limit", "5", exit_code=1)

    assert (document["total"], len(document["messages"])) == (12, 5)
    assert "5 of about 12" in field.printed("dlq", "--limit", "5", exit_code=1)


def test_an_empty_queue_is_good_news(field):
    assert field.document("dlq", "dlq") == {"total": 0, "messages": []}
    assert field.printed("dlq") == "The dead-letter queue is empty.\n"
    assert field.printed("dlq", "purge") == "The dead-letter queue is empty.\n"


def test_a_purge_asks_twice(field):
    field.bury(event(), **RUN)

    refused = field.call("dlq", "purge", answers="y\nn\n")
    left = field.waiting(field.dead_letter_queue_url)
    agreed = field.call("dlq", "purge", answers="y\ny\n")

    assert (refused.exit_code, len(left)) == (4, 1)
    assert agreed.exit_code == 0
    assert field.waiting(field.dead_letter_queue_url) == []


def test_a_purge_of_what_is_no_event_leaves_the_events(field):
    field.bury(event(), **RUN)
    field.bury(POISON)

    field.printed("dlq", "purge", "--unreadable", "--yes")

    assert field.waiting(field.dead_letter_queue_url) == [event()]


def test_a_purge_tells_programs_how_many_went(field):
    field.bury(event(), **RUN)
    field.bury(POISON)

    unreadable = field.document("purge", "dlq", "purge", "--unreadable", "--yes")
    rest = field.document("purge", "dlq", "purge", "--yes")

    assert (unreadable, rest) == ({"deleted": 1}, {"deleted": 1})
    assert field.document("purge", "dlq", "purge", "--yes") == {"deleted": 0}


def purged(field, code):
    """Purge a message while SQS answers its deletion with ``code``."""
    field.bury(POISON)
    operator = field.operator()
    refusal = {"Failed": [{"Id": "0", "SenderFault": True, "Code": code, "Message": "not now"}]}
    operator.clients.sqs.meta.events.register(
        "before-call.sqs.DeleteMessageBatch", lambda **_: (AWSResponse("https://sqs", 200, {}, None), refusal)
    )
    return CliRunner().invoke(app, ["dlq", "purge", "--unreadable", "--yes"], obj=operator)


def test_a_message_that_does_not_go_is_reported(field):
    done = purged(field, "InternalError")

    assert (done.exit_code, done.stdout) == (3, "")
    assert "did not delete 1 message: not now" in done.stderr


@pytest.mark.parametrize("code", ["ReceiptHandleIsInvalid", "InvalidParameterValue"])
def test_a_message_that_somebody_else_has_by_now_is_no_failure_and_not_counted(field, code):
    done = purged(field, code)

    assert (done.exit_code, done.stdout) == (0, "Deleted: 0 messages.\n")
    assert "Somebody else received or deleted 1 message meanwhile. See what is left:\nthingsync dlq\n" in done.stderr
