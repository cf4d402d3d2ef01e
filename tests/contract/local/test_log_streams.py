"""CloudWatch Logs, as the thing log needs it."""

import re
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


def test_functions_that_share_a_group_are_named_in_their_streams(aws, group):
    code = "def handler(event, context):\n    print('said by ' + context.function_name)"
    names = [aws.make_function(code, LoggingConfig={"LogGroup": group}).rpartition(":")[2] for _ in "ab"]
    for name in names:
        aws.client("lambda").invoke(FunctionName=name)

    events = aws.client("logs").filter_log_events(logGroupName=group)["events"]

    said = {one["message"]: one["logStreamName"] for one in events if one["message"].startswith("said by ")}
    assert {f"said by {name}" for name in names} == set(said)
    for name in names:
        date = r"\d{4}/\d\d/\d\d"
        assert re.fullmatch(rf"{date}/{name}\[\$LATEST\]\[\w+\]", said[f"said by {name}"])
