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
# Admits a secret that ends with "s", and says about which it was asked so far.
GUARD = """
asked = []

def handler(event, context):
    asked.append(event["identitySource"])
    return {"isAuthorized": event["headers"]["x-secret"].endswith("s"), "context": {"asked": asked}}
"""
TOLD = """
import json

def handler(event, context):
    return {"statusCode": 202, "body": json.dumps(event["requestContext"]["authorizer"])}
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


def guarded(function_arn, authorizer_arn):
    """Return the same with an authorizer that reads a header."""
    made = template(function_arn)
    uri = f"arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{authorizer_arn}/invocations"
    authorizer = {
        "ApiId": API,
        "Name": "guard",
        "AuthorizerType": "REQUEST",
        "IdentitySource": ["$request.header.X-Secret"],
        "AuthorizerUri": uri,
        "AuthorizerPayloadFormatVersion": "2.0",
        "EnableSimpleResponses": True,
        "AuthorizerResultTtlInSeconds": 60,
    }
    made["Resources"]["Authorizer"] = {"Type": "AWS::ApiGatewayV2::Authorizer", "Properties": authorizer}
    made["Resources"]["Route"]["Properties"] |= {
        "AuthorizationType": "CUSTOM",
        "AuthorizerId": {"Ref": "Authorizer"},
    }
    return made


@pytest.fixture(scope="module")
def url(aws):
    """Return the output of a stack with one route to a function that says what it got."""
    return deployed(aws, template(aws.make_function(ECHO)))


@pytest.fixture(scope="module")
def guarded_url(aws):
    """Return that of a stack whose function says what it was told of the authorizer."""
    return deployed(aws, guarded(aws.make_function(TOLD), aws.make_function(GUARD)))


def deployed(aws, made):
    formation, stack_name = aws.client("cloudformation"), unique("echo")
    body = json.dumps(made)
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


def test_a_call_without_the_header_of_the_authorizer_is_refused_and_no_function_asked(guarded_url):
    refused = [urllib3.request("POST", guarded_url, headers=given, retries=False) for given in ({}, {"x-secret": ""})]

    assert [answer.status for answer in refused] == [401, 401]
    status, told = post(guarded_url, "{}")
    assert status == 202
    assert all(secret for [secret] in told["lambda"]["asked"])


def test_who_is_not_admitted_is_forbidden(guarded_url):
    status, _ = post(guarded_url, "{}", **{"x-secret": "t"})

    assert status == 403


def test_an_answer_of_the_authorizer_is_kept(guarded_url):
    first, second = (post(guarded_url, "{}", **{"x-secret": "kept-s"}) for _ in range(2))

    assert first == second
