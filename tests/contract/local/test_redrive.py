"""`thingsync redrive` on queues that move: begun, followed by another call, cancelled."""

import json

import jsonschema
import pytest
from typer.testing import CliRunner

from local.emulator import aws_environment
from operate.adapters.aws import AwsAccess, Clients
from operate.adapters.queues import BATCH, OutgoingMessage, Queue
from operate.adapters.stacks import Stack
from operate.app import app
from tests.contract.operate.field import SCHEMAS, FoundOperator
from workflows.domain.batches import batches

ARN = "arn:aws:cloudformation:eu-west-1:000000000000:stack/thingsync/1"


@pytest.fixture
def operator(aws):
    dead_letters = Queue(aws.client("sqs"), aws.make_queue())
    policy = {"deadLetterTargetArn": dead_letters.arn(), "maxReceiveCount": 5}
    outputs = {
        "QueueUrl": aws.make_queue(RedrivePolicy=json.dumps(policy)),
        "DeadLetterQueueUrl": dead_letters.url,
        "JournalTableName": "none-is-read",
        "ThingTypeName": "lorawan",
    }
    environment = aws_environment()
    access = AwsAccess(
        region=environment["AWS_DEFAULT_REGION"],
        endpoint_url=f"http://127.0.0.1:{aws.daemon.port}",
        access_key_id=environment["AWS_ACCESS_KEY_ID"],
        secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )
    return FoundOperator(Clients(access), "thingsync", Stack("thingsync", ARN, outputs))


def bury(operator, count):
    for batch in batches(range(count), BATCH):
        operator.dead_letters.send([OutgoingMessage(f"<{number}>") for number in batch])


def redrive(operator, *arguments, answers=""):
    return CliRunner().invoke(app, ["redrive", *arguments], obj=operator, input=answers, env={"COLUMNS": "80"})


def document(operator, *arguments):
    result = json.loads(redrive(operator, *arguments, "--json").stdout)
    jsonschema.validate(result, json.loads((SCHEMAS / "redrive.json").read_text()))
    return result


def test_everything_moves_once_the_plan_is_agreed_to(operator):
    bury(operator, 12)

    refused = redrive(operator, answers="n\n")
    agreed = redrive(operator, answers="y\n")

    assert (refused.exit_code, agreed.exit_code) == (4, 0)
    assert "About 12 messages" in refused.stderr
    assert "12 messages moved back (completed)." in agreed.stdout
    assert (operator.dead_letters.depth().total, operator.queue.depth().total) == (0, 12)


def test_a_move_that_is_under_way_is_followed_instead_of_another(operator):
    """A second call has so many seconds before the move has ended by itself."""
    bury(operator, 100)
    redrive(operator, "--yes", "--no-wait", "--per-second", "8")

    result = document(operator)

    assert (result["status"], result["moved"], result["deadLetterQueue"]) == ("completed", 100, 0)


def test_a_move_is_cancelled_and_the_rest_moves_when_asked_again(operator):
    bury(operator, 600)
    redrive(operator, "--yes", "--no-wait", "--per-second", "1")

    cancelled = redrive(operator, "--cancel")
    left = operator.dead_letters.depth().total
    result = document(operator, "--yes")

    assert cancelled.stdout.startswith("Cancelled after")
    assert 0 < left < 600
    assert (result["moved"], result["deadLetterQueue"]) == (left, 0)


def test_nothing_to_move_and_nothing_to_cancel_are_no_errors(operator):
    assert redrive(operator).stdout.startswith("The dead-letter queue is empty")
    assert redrive(operator, "--cancel").stdout == "No move is running.\n"
    assert document(operator)["moved"] == 0
