import json

import pytest

from tests.ports.executions import EVENT, NAME, ExecutionsContract
from workflows.adapters import aws
from workflows.adapters.executions import StepFunctionsExecutions

DEFINITION = {"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
ROLE = "arn:aws:iam::123456789012:role/thingsync"


def state_machine():
    made = aws.stepfunctions().create_state_machine(name="thingsync", definition=json.dumps(DEFINITION), roleArn=ROLE)
    return made["stateMachineArn"]


class TestStepFunctionsExecutions(ExecutionsContract):
    @pytest.fixture
    def executions(self, cloud):
        return StepFunctionsExecutions(aws.stepfunctions(), state_machine())

    @pytest.fixture
    def end(self, executions):
        """Only one status can be had by asking: a stopped run is ABORTED."""

        def stop(name, _status):
            runs = aws.stepfunctions().list_executions(stateMachineArn=state_machine())["executions"]
            arn = next(run["executionArn"] for run in runs if run["name"] == name)
            aws.stepfunctions().stop_execution(executionArn=arn)

        return stop


def test_the_input_is_the_event_as_it_was_published(cloud):
    machine = state_machine()

    StepFunctionsExecutions(aws.stepfunctions(), machine).start(NAME, EVENT)

    (run,) = aws.stepfunctions().list_executions(stateMachineArn=machine)["executions"]
    assert run["name"] == NAME
    assert aws.stepfunctions().describe_execution(executionArn=run["executionArn"])["input"] == EVENT
