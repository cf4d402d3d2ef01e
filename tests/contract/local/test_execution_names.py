"""StartExecution: which names it takes, and when a taken name is success."""

import pytest
from botocore.exceptions import ClientError

WAITING = {"Wait": {"Type": "Wait", "Seconds": 3600, "End": True}}
DONE = {"Done": {"Type": "Succeed"}}


@pytest.fixture
def client(aws):
    return aws.client("stepfunctions")


@pytest.mark.parametrize(
    ("name", "text", "error"),
    [
        pytest.param("x" * 81, "{}", "InvalidName", id="81-characters"),
        pytest.param("thing 1", "{}", "InvalidName", id="space"),
        pytest.param("thing:1", "{}", "InvalidName", id="colon"),
        pytest.param("thing/1", "{}", "InvalidName", id="slash"),
        pytest.param("thing-1", "not json", "InvalidExecutionInput", id="input-is-no-json"),
        pytest.param("thing-1", f'"{"x" * 262_144}"', "InvalidExecutionInput", id="input-over-256-KiB"),
    ],
)
def test_what_aws_refuses_is_refused(aws, name, text, error):
    machine_arn = aws.make_machine(DONE)

    with pytest.raises(ClientError, match=error):
        aws.client("stepfunctions").start_execution(stateMachineArn=machine_arn, name=name, input=text)


@pytest.fixture
def running(aws, client):
    """Return what a run was started with that goes on until it is stopped, and its ARN."""
    aws.set_pace(1)
    request = {"stateMachineArn": aws.make_machine(WAITING), "name": "thing-1", "input": '{"version": 1}'}
    execution_arn = client.start_execution(**request)["executionArn"]
    yield request, execution_arn
    client.stop_execution(executionArn=execution_arn)
    aws.set_pace(0)


def test_the_same_name_and_input_while_running_is_the_same_run(client, running):
    request, execution_arn = running

    assert client.start_execution(**request)["executionArn"] == execution_arn


def test_another_input_under_a_running_name_is_refused(client, running):
    request, _ = running

    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        client.start_execution(**request | {"input": '{"version": 2}'})


def test_a_name_is_taken_once_its_run_has_ended(aws, client):
    machine_arn = aws.make_machine(DONE)
    ended = aws.run(machine_arn)

    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        client.start_execution(stateMachineArn=machine_arn, name=ended["name"], input="{}")
