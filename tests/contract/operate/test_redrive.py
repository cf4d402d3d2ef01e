"""thingsync redrive on a queue whose moves are told answer by answer, since moto knows none."""

import json

import jsonschema
import pytest
from botocore.awsrequest import AWSResponse
from typer.testing import CliRunner

from operate.app import app
from tests.contract.operate.field import SCHEMAS
from tests.journal_samples import CREATED, accepted
from tests.samples import THING_ID, registry_event

RUN = {"ErrorName": "AccessDeniedError", "ExecutionArn": "arn:aws:states:eu-west-1:1:execution:thingsync:run"}
CTRL_C = KeyboardInterrupt
ANSWERED = AWSResponse("https://sqs", 200, {}, None)


def move(status):
    handle = {"TaskHandle": "handle"} if status == "RUNNING" else {}
    return {"Status": status, "ApproximateNumberOfMessagesMoved": 0, **handle}


class Moves:
    """What SQS says of the latest move, look by look; ``asked`` are the calls that change something."""

    def __init__(self, client, looks):
        self._looks, self.asked = list(looks), []
        client.meta.events.register("before-call.sqs", self._answer)

    def _answer(self, model, **_):
        if "MessageMoveTask" not in model.name:
            return None
        if model.name == "ListMessageMoveTasks":
            return ANSWERED, {"Results": self._look()}
        self.asked.append(model.name)
        return ANSWERED, {}

    def _look(self):
        look = self._looks.pop(0)
        if look is CTRL_C:
            raise CTRL_C
        return [move(look)] if look else []


@pytest.fixture
def buried(field):
    field.bury(json.dumps(registry_event()), **RUN)
    return field


def redriven(field, looks, *arguments):
    operator = field.operator()
    moves = Moves(operator.clients.sqs, looks)
    done = CliRunner().invoke(app, ["redrive", "--json", *arguments], obj=operator)
    document = json.loads(done.stdout)
    jsonschema.validate(document, json.loads((SCHEMAS / "redrive.json").read_text()))
    return done.exit_code, document, moves.asked


def test_whoever_cancels_a_move_need_not_wait_for_outcomes(buried):
    looks = [None, CTRL_C, "RUNNING", CTRL_C, "RUNNING", "CANCELLED"]

    exit_code, document, asked = redriven(buried, looks, "--yes", "--timeout", "0s")

    assert asked == ["StartMessageMoveTask", "CancelMessageMoveTask"]
    assert (exit_code, document["status"], document["outcomes"], document["notWell"]) == (1, "cancelled", {}, [])


def test_nobody_waits_for_the_deletion_of_a_stranger_s_thing(field):
    """The rule sends every deletion of the account, and Ingest drops those of things that it never knew."""
    bare = registry_event(operation="DELETED", thingTypeName=None, attributes=None)
    field.bury(json.dumps(bare | {"thingId": "a-stranger-s"}))
    field.happened("pump-7", accepted(), CREATED, thing_id=THING_ID)
    field.bury(json.dumps(bare))

    _, document, _ = redriven(field, [None, "COMPLETED"], "--yes", "--timeout", "0s")

    assert [each["thingName"] for each in document["notWell"]] == ["pump-7"]
    assert document["outcomes"] == {"in flight": 1}


@pytest.mark.parametrize(
    ("looks", "arguments", "status", "asked"),
    [
        pytest.param([None], ["--yes", "--no-wait"], "running", ["StartMessageMoveTask"], id="nobody waits"),
        pytest.param(["RUNNING"], ["--cancel"], "cancelled", ["CancelMessageMoveTask"], id="cancelled"),
        pytest.param([None], ["--cancel"], "completed", [], id="nothing to cancel"),
    ],
)
def test_programs_are_told_whatever_was_asked_for(buried, looks, arguments, status, asked):
    exit_code, document, calls = redriven(buried, looks, *arguments)

    assert (exit_code, document["status"], document["deadLetters"], calls) == (0, status, 1, asked)
