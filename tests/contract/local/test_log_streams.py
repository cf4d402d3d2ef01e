"""CloudWatch Logs, as the thing log needs it."""

import time

import pytest
from botocore.exceptions import ClientError

from tests.contract.local.emulated_aws import unique


@pytest.fixture
def group(aws):
    name = unique("/thethings/lorawan/")
    aws.client("logs").create_log_group(logGroupName=name)
    return name


def test_a_stream_that_is_not_there_takes_no_events(aws, group):
    events = [{"timestamp": int(time.time() * 1000), "message": "{}"}]

    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        aws.client("logs").put_log_events(logGroupName=group, logStreamName="pump", logEvents=events)


@pytest.mark.parametrize("name", [pytest.param("rack:7", id="colon"), pytest.param("rack*7", id="star")])
def test_names_that_aws_refuses_are_refused(aws, group, name):
    with pytest.raises(ClientError, match="InvalidParameterException"):
        aws.client("logs").create_log_stream(logGroupName=group, logStreamName=name)


def test_a_stream_is_made_once(aws, group):
    logs = aws.client("logs")
    logs.create_log_stream(logGroupName=group, logStreamName="pump")

    with pytest.raises(ClientError, match="ResourceAlreadyExistsException"):
        logs.create_log_stream(logGroupName=group, logStreamName="pump")
