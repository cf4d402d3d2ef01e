import json

import pytest

from tests.canned_server import Reply, served
from tests.ports.runs import NAME, RunsContract
from workflows.adapters import aws
from workflows.adapters.runs import StepFunctionsRuns

DEFINITION = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
ROLE = "arn:aws:iam::123456789012:role/thingsync"
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:thingsync"


class TestStepFunctionsRuns(RunsContract):
    @pytest.fixture
    def runs(self, cloud):
        aws.stepfunctions().create_state_machine(name="thingsync", definition=json.dumps(DEFINITION), roleArn=ROLE)
        return StepFunctionsRuns(aws.stepfunctions(), MACHINE)

    @pytest.fixture
    def start(self, runs):
        return lambda name: aws.stepfunctions().start_execution(stateMachineArn=MACHINE, name=name, input="{}")

    @pytest.fixture
    def end(self, runs):
        """Only one status can be had by asking: a stopped run is ABORTED."""
        arn = MACHINE.replace(":stateMachine:", ":execution:")
        return lambda name, _status: aws.stepfunctions().stop_execution(executionArn=f"{arn}:{name}")


@pytest.fixture
def server(account, monkeypatch):
    with served() as canned:
        monkeypatch.setenv("AWS_ENDPOINT_URL", canned.address)
        aws.stepfunctions.cache_clear()
        yield canned
    aws.stepfunctions.cache_clear()


def test_a_run_that_cannot_be_asked_about_for_rate_counts_as_running(server):
    throttled = Reply(400, b'{"__type":"ThrottlingException","message":"Rate exceeded"}')
    server.replies.extend([throttled] * aws.ATTEMPTS)

    assert StepFunctionsRuns(aws.stepfunctions(), MACHINE).state_of(NAME) == "running"
