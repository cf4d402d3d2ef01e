"""Metrics that functions print, and the alarms on them."""

import json

import pytest

from tests.contract.local.emulated_aws import unique
from tests.patience import eventually

PRINTING = """
def handler(event, context):
    print(event)
"""


def embedded(stack_name):
    dimensions = {"StackName": stack_name, "ErrorName": "AccessDeniedError"}
    metrics = [{"Name": "Failed", "Unit": "Count"}]
    directive = {"Namespace": "Thingsync", "Dimensions": [list(dimensions)], "Metrics": metrics}
    return json.dumps({"_aws": {"Timestamp": 0, "CloudWatchMetrics": [directive]}, **dimensions, "Failed": [1.0]})


def alarm_on(aws, **dimensions):
    name = unique("alarm")
    aws.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="Thingsync",
        MetricName="Failed",
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )
    return name


def state_of(aws, alarm):
    return aws.client("cloudwatch").describe_alarms(AlarmNames=[alarm])["MetricAlarms"][0]["StateValue"]


@pytest.fixture
def stack_name():
    return unique("stack")


def test_an_alarm_goes_off_on_a_printed_metric_of_just_its_dimensions(aws, stack_name):
    alarm = alarm_on(aws, StackName=stack_name, ErrorName="AccessDeniedError")
    others = [alarm_on(aws, StackName=stack_name), alarm_on(aws, StackName="other", ErrorName="AccessDeniedError")]
    function_arn = aws.make_function(PRINTING)

    aws.client("lambda").invoke(FunctionName=function_arn, Payload=json.dumps(embedded(stack_name)))

    assert eventually(lambda: state_of(aws, alarm), lambda state: state == "ALARM") == "ALARM"
    assert [state_of(aws, other) for other in others] == ["INSUFFICIENT_DATA", "INSUFFICIENT_DATA"]


@pytest.mark.parametrize(
    "line",
    [
        pytest.param('{"_aws": no metric', id="no-json"),
        pytest.param('{"_aws": {}}', id="no-directive"),
        pytest.param('{"_aws": null}', id="null"),
    ],
)
def test_lines_that_only_look_like_metrics_stay_log_lines(aws, line):
    function_arn = aws.make_function(PRINTING)

    answer = aws.client("lambda").invoke(FunctionName=function_arn, Payload=json.dumps(line))

    assert "FunctionError" not in answer
