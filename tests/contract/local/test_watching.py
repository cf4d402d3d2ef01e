"""What a stack watches itself with: a dashboard, saved queries, and metric filters are deployed and go with it."""

import json

import pytest

from tests.contract.local.emulated_aws import unique

QUERY = {
    "Type": "AWS::Logs::QueryDefinition",
    "Properties": {"Name": "stack/Failures", "QueryString": "fields @message"},
}


def template(**resources):
    return json.dumps({"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources})


@pytest.fixture
def stack(aws):
    """The name of a stack that is removed in the end, and the call that deploys it."""
    name = unique("stack")
    formation = aws.client("cloudformation")

    def deploy(call, waiter, body):
        getattr(formation, call)(StackName=name, TemplateBody=body)
        formation.get_waiter(waiter).wait(StackName=name, WaiterConfig={"Delay": 0.1, "MaxAttempts": 1800})
        return {
            one["LogicalResourceId"]: one
            for one in formation.list_stack_resources(StackName=name)["StackResourceSummaries"]
        }

    yield deploy
    formation.delete_stack(StackName=name)


def test_a_saved_query_is_a_resource_that_keeps_its_id_when_it_changes(stack):
    created = stack("create_stack", "stack_create_complete", template(Query=QUERY))
    changed = {**QUERY, "Properties": {**QUERY["Properties"], "QueryString": "fields @timestamp"}}

    updated = stack("update_stack", "stack_update_complete", template(Query=changed))

    assert updated["Query"]["PhysicalResourceId"] == created["Query"]["PhysicalResourceId"]


def test_a_dashboards_body_keeps_what_cloudwatch_fills_in(aws, stack):
    name = unique("dashboard")
    body = '{"widgets": [{"label": "${!PROP(\'Dim.ErrorName\')}", "region": "${AWS::Region}"}]}'
    dashboard = {"DashboardName": name, "DashboardBody": {"Fn::Sub": body}}

    stack(
        "create_stack",
        "stack_create_complete",
        template(Dashboard={"Type": "AWS::CloudWatch::Dashboard", "Properties": dashboard}),
    )

    held = aws.client("cloudwatch").get_dashboard(DashboardName=name)["DashboardBody"]
    assert json.loads(held)["widgets"] == [{"label": "${PROP('Dim.ErrorName')}", "region": "eu-west-1"}]
