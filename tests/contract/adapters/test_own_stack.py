"""The stack's status, as CloudFormation says it."""

import boto3
import pytest
from botocore.config import Config

from tests.canned_server import Reply, served
from tests.configuring import STACK_ID, stack_is
from workflows.adapters.own_stack import CloudFormationOwnStack
from workflows.errors import RegistryThrottledError, StackConfigurationError


@pytest.fixture
def server():
    with served() as canned:
        yield canned


@pytest.fixture
def own_stack(server):
    client = boto3.client(
        "cloudformation",
        region_name="eu-west-1",
        endpoint_url=server.address,
        aws_access_key_id="-",
        aws_secret_access_key="-",
        config=Config(retries={"total_max_attempts": 1}),
    )
    return CloudFormationOwnStack(client, STACK_ID)


def refusal(status, code):
    return Reply(status, f"<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>".encode())


def test_the_status_is_asked_for_by_the_stacks_id_since_a_name_may_be_given_again(server, own_stack):
    server.replies.append(stack_is("ROLLBACK_IN_PROGRESS"))

    assert own_stack.status() == "ROLLBACK_IN_PROGRESS"
    assert [body["StackName"] for _, _, body in server.asked] == [STACK_ID]


@pytest.mark.parametrize(
    ("reply", "error", "text"),
    [
        pytest.param(refusal(403, "AccessDenied"), StackConfigurationError, "of arn:.*AccessDenied", id="denied"),
        pytest.param(refusal(400, "ValidationError"), StackConfigurationError, "ValidationError", id="unknown"),
        pytest.param(refusal(400, "Throttling"), RegistryThrottledError, "DescribeStacks", id="throttled"),
    ],
)
def test_what_keeps_cloudformation_from_answering_has_its_error(server, own_stack, reply, error, text):
    server.replies.append(reply)

    with pytest.raises(error, match=text):
        own_stack.status()
