"""The way in from The Things Stack: a route for joins, one for other messages, one function, no secret in its log."""

import json
import re

import pytest

from tests.contract.sam_template import PARAMETERS, RESOURCES, TEMPLATE, of_type
from workflows.adapters.things_stack.application_calls import MESSAGES
from workflows.adapters.things_stack.application_calls import SECRET_HEADER as HEADER_SENT
from workflows.schemas.activity import JOIN_ROUTE
from workflows.schemas.authorization import SECRET_HEADER
from workflows.steps.authorize import REFRESH_S


def properties(name):
    return RESOURCES[name]["Properties"]


def test_there_are_two_routes_and_they_lead_to_the_function():
    routes = of_type("AWS::ApiGatewayV2::Route").values()

    assert [route["RouteKey"] for route in routes] == ["POST /activity", JOIN_ROUTE]
    assert [route["Target"] for route in routes] == [{"Fn::Sub": "integrations/${ActivityIntegration}"}] * 2
    assert properties("ActivityIntegration")["IntegrationUri"] == {"Fn::GetAtt": ["ReceiveActivityFunction", "Arn"]}
    assert properties("ActivityIntegration")["PayloadFormatVersion"] == "2.0"


def test_only_these_routes_may_call_the_function_and_only_the_authorizer_the_other():
    called = ("ReceiveActivityFunction", "AuthorizeActivityFunction")
    permissions = [
        each
        for each in of_type("AWS::Lambda::Permission").values()
        if each["FunctionName"] in [{"Ref": one} for one in called]
    ]
    sources = {
        permission["SourceArn"]["Fn::Sub"].rpartition(":")[2]: permission["FunctionName"]["Ref"]
        for permission in permissions
    }

    assert {permission["Principal"] for permission in permissions} == {"apigateway.amazonaws.com"}
    assert sources == {
        "${ActivityApi}/*/POST/activity": "ReceiveActivityFunction",
        "${ActivityApi}/*/POST/activity/join": "ReceiveActivityFunction",
        "${ActivityApi}/authorizers/${ActivityAuthorizer}": "AuthorizeActivityFunction",
    }


def test_a_call_without_the_header_reaches_no_function():
    authorizer = properties("ActivityAuthorizer")
    routes = of_type("AWS::ApiGatewayV2::Route").values()

    assert authorizer["IdentitySource"] == [f"$request.header.{HEADER_SENT}"]
    assert HEADER_SENT.lower() == SECRET_HEADER
    assert {(route["AuthorizationType"], route["AuthorizerId"]["Ref"]) for route in routes} == {
        ("CUSTOM", "ActivityAuthorizer")
    }


def test_the_authorizer_asks_the_function_in_the_form_that_it_reads():
    authorizer = properties("ActivityAuthorizer")

    assert authorizer["AuthorizerType"] == "REQUEST"
    assert "${AuthorizeActivityFunction.Arn}/invocations" in authorizer["AuthorizerUri"]["Fn::Sub"]
    assert (authorizer["AuthorizerPayloadFormatVersion"], authorizer["EnableSimpleResponses"]) == ("2.0", True)


def test_an_answer_about_a_secret_is_kept_for_as_long_as_the_function_lets_wrong_ones_wait():
    assert properties("ActivityAuthorizer")["AuthorizerResultTtlInSeconds"] == REFRESH_S


def test_the_webhook_sends_joins_to_the_route_for_joins():
    paths = {kind: message.get("path", "") for kind, message in MESSAGES.items()}

    assert paths == {"join_accept": JOIN_ROUTE.removeprefix("POST /activity"), "uplink_message": ""}


def test_the_webhook_url_is_the_route_s():
    assert TEMPLATE["Outputs"]["WebhookUrl"]["Value"] == {"Fn::Sub": "${ActivityApi.ApiEndpoint}/activity"}


def test_who_calls_without_the_secret_cannot_take_all_of_the_account():
    limits = properties("ActivityStage")["DefaultRouteSettings"]

    rate = {"Ref": "WebhookRate"}
    assert limits == {"ThrottlingRateLimit": rate, "ThrottlingBurstLimit": rate}
    assert PARAMETERS["WebhookRate"]["Default"] == 50


@pytest.mark.parametrize("function", ["AuthorizeActivity", "ReceiveActivity"])
def test_calls_of_the_webhook_are_not_traced(function):
    assert properties(f"{function}Function")["Tracing"] == "PassThrough"


@pytest.mark.parametrize("function", ["AuthorizeActivity", "ReceiveActivity", "MirrorDevice"])
def test_lambda_writes_no_lines_of_its_own_for_each_uplink(function):
    assert properties(f"{function}Function")["LoggingConfig"] == {"SystemLogLevel": "WARN"}


def test_secrets_manager_finds_the_secrets_by_their_names():
    """It takes a name that ends in a hyphen and six characters for the end of an ARN."""
    names = [secret["Name"]["Fn::Sub"] for secret in of_type("AWS::SecretsManager::Secret").values()]

    assert "thingsync/${AWS::StackName}/webhook" in names
    assert [name for name in names if re.search(r"-[A-Za-z0-9]{6}$", name)] == []


def test_a_renamed_secret_is_written_into_the_webhook():
    """CloudFormation makes a new one, with a new value, and invokes Configure because its properties change."""
    assert properties("Configure")["WebhookSecretArn"] == {"Fn::GetAtt": ["WebhookSecret", "Id"]}


def test_the_access_log_says_what_the_alarm_and_the_pages_read_there_and_no_more():
    """Each call pays for it."""
    line = json.loads(properties("ActivityStage")["AccessLogSettings"]["Format"])

    assert set(line) == {"requestId", "ip", "status", "error", "integrationError"}


def test_the_access_log_has_no_header_in_it():
    line = properties("ActivityStage")["AccessLogSettings"]["Format"]

    assert "header" not in line.lower()
    assert SECRET_HEADER not in line.lower()


def test_the_secret_is_random_and_long():
    assert properties("WebhookSecret")["GenerateSecretString"] == {"PasswordLength": 64, "ExcludePunctuation": True}
