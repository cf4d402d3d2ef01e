"""What runs wait for, as status says it; the runs' histories are answered here, since moto's runs have none."""

import json
import pathlib
from datetime import UTC, datetime

import jsonschema
import pytest
from botocore.awsrequest import AWSResponse
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from operate.app import app
from tests.contract.operate.field import MACHINE, SCHEMAS, WIDTH
from tests.journal_samples import accepted, change
from workflows.domain.facts import EventFailed

ANSWERED = AWSResponse("https://states", 200, {}, None)
AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
CAUSE = json.dumps({"errorMessage": "no usable answer from eu1", "errorType": "RegistryUnavailableError"})
FAILED = {
    "type": "LambdaFunctionFailed",
    "timestamp": AT,
    "id": 2,
    "lambdaFunctionFailedEventDetails": {"error": "RegistryUnavailableError", "cause": CAUSE},
}
ENTERED = {"type": "TaskStateEntered", "timestamp": AT, "id": 1, "stateEnteredEventDetails": {"name": "CreateDevice"}}
STARTED = {"type": "LambdaFunctionStarted", "timestamp": AT, "id": 3}


class Runs:
    """``events`` of each run, the latest first; ``refusal`` is raised instead. ``read`` are the runs asked for."""

    def __init__(self, events):
        self.events, self.refusal, self.read = events, None, []

    def watched_by(self, operator):
        operator.clients.stepfunctions.meta.events.register("provide-client-params.sfn", self._asked)
        operator.clients.stepfunctions.meta.events.register("before-call.sfn", self._answer)
        return operator

    def _asked(self, params, model, **_):
        if model.name == "GetExecutionHistory":
            assert params["includeExecutionData"] is False
            self.read.append(params["executionArn"].rpartition(":")[2])

    def _answer(self, model, **_):
        if self.refusal:
            raise self.refusal
        if model.name == "GetExecutionHistory":
            return ANSWERED, {"events": self.events}
        return ANSWERED, {"definition": pathlib.Path("statemachine.asl.json").read_text(), "stateMachineArn": MACHINE}


@pytest.fixture
def runs():
    return Runs([STARTED, FAILED, STARTED, FAILED, STARTED, ENTERED])


@pytest.fixture
def at_work(field):
    for number in range(30):
        name = f"pump-{number:02}"
        field.happened(name, accepted(change(run=f"run-{number:02}"), name))
    return field


def called(field, runs, *arguments):
    done = CliRunner().invoke(app, list(arguments), obj=runs.watched_by(field.operator()))
    assert max(map(len, done.stdout.splitlines())) <= WIDTH or "--json" in arguments
    return done


def document(schema, done):
    found = json.loads(done.stdout)
    jsonschema.validate(found, json.loads((SCHEMAS / f"{schema}.json").read_text()))
    return found


def words(text):
    return " ".join(text.split())


def test_status_says_what_the_runs_in_flight_wait_for(at_work, runs):
    said = words(called(at_work, runs, "status").stdout)

    assert "in flight 30 The Things Stack does not answer (retry 2 of 20, last: no usable answer from eu1)" in said


def test_programs_read_what_the_runs_wait_for_and_how_many_were_asked(at_work, runs):
    found = document("status", called(at_work, runs, "status", "--json"))["retrying"]

    assert (found["meaning"], found["retry"], found["maxRetries"]) == ("The Things Stack does not answer", 2, 20)
    assert (found["runs"], found["checkedRuns"], found["state"]) == (10, 10, "CreateDevice")


def test_of_many_runs_the_latest_and_the_oldest_are_read(at_work, runs):
    called(at_work, runs, "status")

    assert len(runs.read) == len(set(runs.read)) == 10
    assert {"run-00", "run-29"} <= set(runs.read)


def test_runs_that_work_are_not_said_to_wait(at_work, runs):
    runs.events = [STARTED, ENTERED]

    assert document("status", called(at_work, runs, "status", "--json"))["retrying"] is None
    assert "runs are working on them" in called(at_work, runs, "status").stdout


def test_a_role_that_may_not_read_runs_still_sees_the_fleet_and_which_right_is_missing(at_work, runs):
    message = "User: x is not authorized to perform: states:GetExecutionHistory on resource: arn:aws:states:run"
    runs.refusal = ClientError({"Error": {"Code": "AccessDeniedException", "Message": message}}, "GetExecutionHistory")

    said = words(called(at_work, runs, "status").stdout)

    assert "in flight 30 runs are working on them" in said
    assert "states:GetExecutionHistory" in said
    assert called(at_work, runs, "status", "pump-03").exit_code == 1


def test_a_thing_that_failed_before_is_shown_with_what_its_run_waits_for_now(field, runs):
    again = change(run="run-again")
    thing_id = field.create_thing("pump-7")
    field.happened("pump-7", accepted(), EventFailed(change(), "AccessDeniedError"), accepted(again), thing_id=thing_id)

    said = words(called(field, runs, "status", "pump-7").stdout)

    assert runs.read == ["run-again"]
    assert "error before AccessDeniedError" in said
    assert "to do Wait: the run repeats its try by itself." in said


def test_one_thing_shows_its_retry_the_last_error_and_the_next_try(at_work, runs):
    said = words(called(at_work, runs, "status", "pump-03").stdout)
    found = document("thing", called(at_work, runs, "status", "pump-03", "--json"))["retry"]

    assert runs.read == ["run-03", "run-03"]
    assert "waits for The Things Stack does not answer" in said
    assert "retry 2 of 20; the last failed at" in said
    assert "last error RegistryUnavailableError: no usable answer from eu1" in said
    assert "the run repeats its try by itself" in said
    assert (found["retry"], found["failedAt"], found["nextTryBy"]) == (
        2,
        "2026-11-26T12:00:00.000Z",
        "2026-11-26T12:00:04.000Z",
    )
