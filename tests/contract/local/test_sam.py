"""The template deploys by the very commands that deploy it to AWS."""

import pytest

from local.sam import sam_deploy
from tests.contract.local.emulated_aws import unique
from tests.simulated_stack import API_KEY, started


@pytest.fixture
def things_stack(tmp_path):
    with started(tmp_path / "state.sqlite") as simulator:
        yield simulator


def test_sam_builds_and_deploys_the_template_and_the_stack_goes_again(aws, things_stack):
    stack_name = unique("sam")
    parameters = {
        "ClusterAddress": things_stack.address,
        "ApplicationId": "demo-app",
        "ApplicationApiKey": API_KEY,
    }
    formation = aws.client("cloudformation")

    sam_deploy(stack_name, parameters, aws.daemon.port)
    (stack,) = formation.describe_stacks(StackName=stack_name)["Stacks"]
    formation.delete_stack(StackName=stack_name)
    formation.get_waiter("stack_delete_complete").wait(
        StackName=stack_name, WaiterConfig={"Delay": 1, "MaxAttempts": 600}
    )

    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert {"QueueUrl", "StateMachineArn"} <= {output["OutputKey"] for output in stack["Outputs"]}
