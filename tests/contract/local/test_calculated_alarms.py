"""Alarms on a calculation or a query, as a stack makes them."""

import json

from tests.contract.local.emulated_aws import unique

QUERY = [{"Id": "failures", "Expression": 'SELECT SUM(Failure) FROM "AWS/IoT"', "Period": 300}]
ALARM = {"EvaluationPeriods": 1, "Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold"}


def test_an_alarm_on_a_query_is_there_and_silent(aws):
    formation, stack_name = aws.client("cloudformation"), unique("alarms")
    properties = {**ALARM, "AlarmName": stack_name, "Metrics": QUERY, "EvaluationWindow": {"WallClockWindow": {}}}
    template = {"Resources": {"Alarm": {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}}}

    formation.create_stack(StackName=stack_name, TemplateBody=json.dumps(template))
    formation.get_waiter("stack_create_complete").wait(StackName=stack_name, WaiterConfig={"Delay": 0.2})
    aws.client("cloudwatch").put_metric_data(Namespace="-", MetricData=[{"MetricName": "-", "Value": 7}])

    [alarm] = aws.client("cloudwatch").describe_alarms(AlarmNames=[stack_name])["MetricAlarms"]
    assert alarm["StateValue"] == "INSUFFICIENT_DATA"
    assert [one["Expression"] for one in alarm["Metrics"]] == [QUERY[0]["Expression"]]
    assert "MetricName" not in alarm
