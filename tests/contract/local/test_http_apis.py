"""HTTP APIs in front of functions, as a stack makes them."""

import json

import pytest
import urllib3

from tests.contract.local.emulated_aws import unique

ECHO = """
import json

def handler(event, context):
    received = [event["headers"].get("x-secret"), event["isBase64Encoded"], event["body"]]
    return {"statusCode": 202, "headers": {"content-type": "application/json"}, "body": json.dumps(received)}
"""
API = {"Ref": "Api"}


def template(function_arn):
    integration = {
        "ApiId": API,
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": function_arn,
        "PayloadFormatVersion": "2.0",
    }
    route = {"ApiId": API, "RouteKey": "POST /activity", "Target": {"Fn::Sub": "integrations/${Integration}"}}
    resources = {
        "Api": ("Api", {"Name": "echo", "ProtocolType": "HTTP"}),
        "Integration": ("Integration", integration),
        "Route": ("Route", route),
        "Stage": ("Stage", {"ApiId": API, "StageName": "$default", "AutoDeploy": True}),
    }
    return {
        "Resources": {
            name: {"Type": f"AWS::ApiGatewayV2::{kind}", "Properties": properties}
            for name, (kind, properties) in resources.items()
        },
        "Outputs": {"Url": {"Value": {"Fn::Sub": "${Api.ApiEndpoint}/activity"}}},
    }


@pytest.fixture(scope="module")
def url(aws):
    """Return the output of a stack with one route to a function that says what it got."""
    formation, stack_name = aws.client("cloudformation"), unique("echo")
    body = json.dumps(template(aws.make_function(ECHO)))
    formation.create_stack(StackName=stack_name, TemplateBody=body)
    formation.get_waiter("stack_create_complete").wait(
        StackName=stack_name, WaiterConfig={"Delay": 0.2, "MaxAttempts": 900}
    )
    [stack] = formation.describe_stacks(StackName=stack_name)["Stacks"]
    return stack["Outputs"][0]["OutputValue"]


def post(url, body, **headers):
    answer = urllib3.request("POST", url, body=body, headers={"x-secret": "s", **headers}, retries=False)
    return answer.status, answer.json()


def test_its_address_is_one_that_this_machine_finds(url):
    assert post(url, '{"a": 1}', **{"content-type": "application/json"}) == (202, ["s", False, '{"a": 1}'])


def test_a_body_of_no_known_type_comes_in_base64(url):
    assert post(url, "{}", **{"content-type": "application/octet-stream"}) == (202, ["s", True, "e30="])


def test_another_route_is_not_found(url):
    status, _ = post(f"{url}/elsewhere", "{}")

    assert status == 404
