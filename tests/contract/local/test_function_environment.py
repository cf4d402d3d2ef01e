"""What a function finds around itself."""

import json

from tests.patience import eventually

LOOK = """
import os

def handler(event, context):
    print("seen by nobody but the log")
    return {
        "environment": sorted(os.environ),
        "endpoint": os.environ["AWS_ENDPOINT_URL"],
        "own": os.environ["OWN"],
        "remaining_ms": context.get_remaining_time_in_millis(),
        "name": context.function_name,
    }
"""


def test_the_environment_holds_what_aws_sets_and_the_functions_own_variables_only(aws, monkeypatch):
    monkeypatch.setenv("LEFT_BY_A_USER", "not for functions")
    function_arn = aws.make_function(LOOK, Timeout=5, Environment={"Variables": {"OWN": "value"}})

    answer = aws.client("lambda").invoke(FunctionName=function_arn)

    seen = json.loads(answer["Payload"].read())
    assert seen["own"] == "value"
    assert seen["endpoint"] == aws.client("lambda").meta.endpoint_url
    assert function_arn.endswith(seen["name"])
    assert 0 < seen["remaining_ms"] <= 5000
    assert {"AWS_REGION", "AWS_LAMBDA_FUNCTION_NAME", "LAMBDA_TASK_ROOT"} <= set(seen["environment"])
    assert {"LEFT_BY_A_USER", "HOME", "VIRTUAL_ENV"} & set(seen["environment"]) == set()


def test_what_a_function_prints_is_in_its_log(aws):
    function_arn = aws.make_function(LOOK, Environment={"Variables": {"OWN": "value"}})
    aws.client("lambda").invoke(FunctionName=function_arn)

    group = f"/aws/lambda/{function_arn.rpartition(':')[2]}"
    events = aws.client("logs").filter_log_events(logGroupName=group)["events"]

    assert "seen by nobody but the log" in [event["message"] for event in events]


def test_a_segment_sent_to_the_trace_daemon_is_stored(aws):
    code = """
import os, socket

def handler(event, context):
    host, port = os.environ["AWS_XRAY_DAEMON_ADDRESS"].split(":")
    segment = b'{"format": "json", "version": 1}\\n{"name": "traced by a test"}'
    socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(segment, (host, int(port)))
    return host
"""
    answer = aws.client("lambda").invoke(FunctionName=aws.make_function(code))

    assert json.loads(answer["Payload"].read()) == "127.0.0.1"
    assert eventually(lambda: '{"name": "traced by a test"}' in aws.traces())
