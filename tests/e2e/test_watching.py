"""The dashboard as it was deployed: filled in, and with a light for every alarm of the stack."""

import json
import os
import re

import boto3

from tests.e2e.field import Stack


def test_the_dashboard_is_filled_in_and_has_a_light_for_each_alarm(stack: Stack):
    watch = boto3.client("cloudwatch")
    alarms = watch.describe_alarms(AlarmNamePrefix=f"{stack.name}-")["MetricAlarms"]

    name = f"{stack.name}-{os.environ['AWS_DEFAULT_REGION']}"
    body = watch.get_dashboard(DashboardName=name)["DashboardBody"]

    widgets = json.loads(body)["widgets"]
    lights = [arn for widget in widgets if widget["type"] == "alarm" for arn in widget["properties"]["alarms"]]
    assert sorted(lights) == sorted(alarm["AlarmArn"] for alarm in alarms)
    assert set(re.findall(r"\$\{.*?\}", body)) == {"${PROP('Dim.ErrorName')}"}
    assert f"https://{os.environ['AWS_DEFAULT_REGION']}.console.aws.amazon.com/states/home" in body
