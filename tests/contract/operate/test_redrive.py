"""thingsync redrive on a queue whose moves are answered one by one, since moto knows none."""

import json
import time
from datetime import UTC, datetime

import boto3
import jsonschema
import pytest
from botocore.awsrequest import AWSResponse
from typer.testing import CliRunner

from operate.app import app
from tests.contract.operate.field import SCHEMAS
from tests.journal_samples import CREATED, accepted, change, device
from tests.samples import THING_ID, registry_event
from workflows.adapters.journal.permits import DynamoDBPermits
from workflows.domain.facts import DeviceCreated, DeviceRemoved
from workflows.ports.journal import Owner

RUN = {"ErrorName": "AccessDeniedError", "ExecutionArn": "arn:aws:states:eu-west-1:1:execution:thingsync:run"}
CTRL_C = KeyboardInterrupt
ANSWERED = AWSResponse("https://sqs", 200, {}, None)


def move(status):
    handle = {"TaskHandle": "handle"} if status == "RUNNING" else {}
    return {"Status": status, "ApproximateNumberOfMessagesMoved": 0, **handle}


class Moves:
    """What SQS says of the latest move, read by read; ``asked`` are the calls that change something."""

    def __init__(self, client, reads):
        self._reads, self.asked = list(reads), []
        client.meta.events.register("before-call.sqs", self._answer)

    def _answer(self, model, **_):
        if "MessageMoveTask" not in model.name:
            return None
        if model.name == "ListMessageMoveTasks":
            return ANSWERED, {"Results": self._read()}
        self.asked.append(model.name)
        return ANSWERED, {}

    def _read(self):
        answer = self._reads.pop(0)
        if answer is CTRL_C:
            raise CTRL_C
        return [move(answer)] if answer else []


@pytest.fixture
def buried(field):
    field.bury(json.dumps(registry_event()), **RUN)
    return field


def redriven(field, reads, *arguments):
    operator = field.operator()
    moves = Moves(operator.clients.sqs, reads)
    done = CliRunner().invoke(app, ["redrive", "--json", *arguments], obj=operator)
    document = json.loads(done.stdout)
    jsonschema.validate(document, json.loads((SCHEMAS / "redrive.json").read_text()))
    return done.exit_code, document, moves.asked


def test_who_cancels_a_move_need_not_wait_for_outcomes(buried):
    reads = [None, CTRL_C, "RUNNING", CTRL_C, "RUNNING", "CANCELLED"]

    exit_code, document, asked = redriven(buried, reads, "--yes", "--timeout", "0s")

    assert asked == ["StartMessageMoveTask", "CancelMessageMoveTask"]
    assert (exit_code, document["status"], document["outcomes"], document["problems"]) == (1, "cancelled", {}, [])


def test_nobody_waits_for_the_deletion_of_a_stranger_s_thing(field):
    """The rule sends every deletion of the account, and Ingest drops those of things that it never knew."""
    bare = registry_event(operation="DELETED", thingTypeName=None, attributes=None)
    field.bury(json.dumps(bare | {"thingId": "a-stranger-s"}))
    field.happened("pump-7", accepted(), CREATED, thing_id=THING_ID)
    field.bury(json.dumps(bare))

    _, document, _ = redriven(field, [None, "COMPLETED"], "--yes", "--timeout", "0s")

    assert [each["thingName"] for each in document["problems"]] == ["pump-7"]
    assert document["outcomes"] == {"in flight": 1}


@pytest.mark.parametrize(
    ("reads", "arguments", "status", "asked"),
    [
        pytest.param([None], ["--yes", "--no-wait"], "running", ["StartMessageMoveTask"], id="nobody waits"),
        pytest.param(["RUNNING"], ["--cancel"], "cancelled", ["CancelMessageMoveTask"], id="cancelled"),
        pytest.param([None], ["--cancel"], "completed", [], id="nothing to cancel"),
    ],
)
def test_programs_get_the_result_whatever_was_asked_for(buried, reads, arguments, status, asked):
    exit_code, document, calls = redriven(buried, reads, *arguments)

    assert (exit_code, document["status"], document["deadLetterQueue"], calls) == (0, status, 1, asked)


def deletions(field, count):
    """Bury the end of things that have a device, one message unreadable among them."""
    for number in range(count):
        name, of = f"pump-{number:02}", change(run=f"v1-{number}")
        field.happened(name, accepted(of, device_id=name), DeviceCreated(of, device(device_id=name)))
        event = registry_event(operation="DELETED", thingId=f"id-of-{name}", thingName=name, attributes=None)
        field.bury(json.dumps(event), **RUN)
    field.bury("<html>")
    return field


def refused(field, *arguments, reads=(None,)):
    operator = field.operator()
    moves = Moves(operator.clients.sqs, reads)
    done = CliRunner().invoke(app, ["redrive", "--json", "--yes", *arguments], obj=operator)
    return done.exit_code, " ".join(done.stderr.split()), moves.asked


def test_more_than_a_few_deletions_are_not_moved_even_after_a_yes(field):
    exit_code, error, asked = refused(deletions(field, 11))

    assert (exit_code, asked) == (4, [])
    assert "Nothing was sent: 11 things would lose their devices (pump-" in error
    assert "add --allow-removals 11." in error


@pytest.mark.parametrize("count", [pytest.param(10, id="few"), pytest.param(12, id="as many as are allowed")])
def test_few_deletions_or_those_that_are_allowed_are_moved(field, count):
    allowed = ["--allow-removals", str(count)] if count > 10 else []

    exit_code, document, asked = redriven(deletions(field, count), [None], "--yes", "--no-wait", *allowed)

    assert (exit_code, document["status"], asked) == (0, "running", ["StartMessageMoveTask"])


def test_deletions_that_are_processed_already_remove_nothing(field):
    deletions(field, 11)
    for number in range(11):
        of = change("DELETED", 1, f"v1-{number}-DELETED")
        field.happened(f"pump-{number:02}", DeviceRemoved(of, f"pump-{number:02}"))

    assert redriven(field, [None], "--yes", "--no-wait")[2] == ["StartMessageMoveTask"]


def test_messages_that_could_not_be_inspected_may_be_deletions(field):
    """Somebody else reads them, so that SQS shows them to nobody for a while."""
    for number in range(12):
        field.bury(json.dumps(registry_event(thingId=f"id-{number}")), **RUN)
    for _ in range(2):
        field.sqs.receive_message(QueueUrl=field.dead_letter_queue_url, MaxNumberOfMessages=10, VisibilityTimeout=600)

    exit_code, error, asked = refused(field)

    assert (exit_code, asked) == (4, [])
    assert "12 messages could not be read and may be deletions" in error


def allowance(field):
    """Return what the operator allows beyond the hour's limit now; None if nothing."""
    items = boto3.client("dynamodb").scan(TableName=field.table)["Items"]
    return next((int(item["remaining"]["N"]) for item in items if item["sk"]["S"] == "ALLOWANCE"), None)


def limited(field, per_hour="3"):
    field.parameters["DeletionsPerHour"] = per_hour
    return field


def test_what_is_allowed_is_granted_to_the_pipeline_before_the_move(field):
    deletions(limited(field), 12)

    redriven(field, [None], "--yes", "--no-wait", "--allow-removals", "20")

    assert allowance(field) == 12


@pytest.mark.parametrize(
    ("per_hour", "arguments"),
    [pytest.param("3", [], id="not-asked-for"), pytest.param("0", ["--allow-removals", "9"], id="no-limit")],
)
def test_without_a_wish_or_a_limit_nothing_is_granted(field, per_hour, arguments):
    deletions(limited(field, per_hour), 4)

    redriven(field, [None], "--yes", "--no-wait", *arguments)

    assert allowance(field) is None


@pytest.mark.parametrize(
    ("followed", "is_left"),
    [pytest.param(1000, False, id="all"), pytest.param(1, True, id="but-not-while-others-are-under-way")],
)
def test_what_is_left_of_the_allowance_is_taken_back_when_all_outcomes_are_known(field, monkeypatch, followed, is_left):
    monkeypatch.setattr("operate.commands.redrive.FOLLOWED", followed)
    deletions(limited(field), 2)
    of = change("DELETED", 1, "v1-DELETED")

    def ends(**_):
        for name in ("pump-00", "pump-01"):
            field.happened(name, DeviceRemoved(of, name))

    operator = field.operator()
    Moves(operator.clients.sqs, [None, "COMPLETED"])
    operator.clients.sqs.meta.events.register_first("before-call.sqs.StartMessageMoveTask", ends)
    CliRunner().invoke(app, ["redrive", "--yes", "--allow-removals", "3"], obj=operator)

    assert (allowance(field) is not None) is is_left


def test_the_operator_reads_before_the_question_what_would_return_to_the_queue(field):
    deletions(limited(field, "1"), 2)
    permits = DynamoDBPermits(boto3.client("dynamodb"), field.table)
    for hour in (0, 3600):  # the next may begin in the middle of the test
        permits.take(datetime.fromtimestamp(time.time() + hour, UTC), per_hour=1)

    said = refused(field, reads=[None, None])[1]

    assert "The stack removes 1 devices in an hour (DeletionsPerHour), and 0 of them are left." in said
    assert "To carry all out, add --allow-removals 2. If they were a mistake: thingsync restore --held" in said


def test_deletions_whose_devices_other_things_have_by_now_remove_nothing(field):
    deletions(field, 11)
    for number in range(11):
        name = f"pump-{number:02}"
        field.journal.free(name, Owner(f"id-of-{name}", name), facts=2)
        field.happened(name, accepted(change(run="new"), device_id=name), thing_id=f"new-{name}")

    assert redriven(field, [None], "--yes", "--no-wait")[2] == ["StartMessageMoveTask"]
