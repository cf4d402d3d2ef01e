"""The way in from The Things Stack: a route for joins, one for other messages, one function, no secret in its log."""

from tests.contract.sam_template import RESOURCES, TEMPLATE, of_type
from workflows.adapters.things_stack.application_calls import MESSAGES
from workflows.schemas.activity import JOIN_ROUTE, SECRET_HEADER


def properties(name):
    return RESOURCES[name]["Properties"]


def test_there_are_two_routes_and_they_lead_to_the_function():
    routes = of_type("AWS::ApiGatewayV2::Route").values()

    assert [route["RouteKey"] for route in routes] == ["POST /activity", JOIN_ROUTE]
    assert [route["Target"] for route in routes] == [{"Fn::Sub": "integrations/${ActivityIntegration}"}] * 2
    assert properties("ActivityIntegration")["IntegrationUri"] == {"Fn::GetAtt": ["ReceiveActivityFunction", "Arn"]}
    assert properties("ActivityIntegration")["PayloadFormatVersion"] == "2.0"


def test_only_these_routes_may_call_the_function():
    permissions = [
        each["Properties"]
        for each in RESOURCES.values()
        if each["Type"] == "AWS::Lambda::Permission"
        and each["Properties"]["FunctionName"] == {"Ref": "ReceiveActivityFunction"}
    ]
    sources = [permission["SourceArn"]["Fn::Sub"].rpartition(":")[2] for permission in permissions]

    assert {permission["Principal"] for permission in permissions} == {"apigateway.amazonaws.com"}
    assert sources == ["${ActivityApi}/*/POST/activity", "${ActivityApi}/*/POST/activity/join"]


def test_the_webhook_sends_joins_to_the_route_for_joins():
    paths = {kind: message.get("path", "") for kind, message in MESSAGES.items()}

    assert paths == {"join_accept": JOIN_ROUTE.removeprefix("POST /activity"), "uplink_message": ""}


def test_the_webhook_url_is_the_route_s():
    assert TEMPLATE["Outputs"]["WebhookUrl"]["Value"] == {"Fn::Sub": "${ActivityApi.ApiEndpoint}/activity"}


def test_who_calls_without_the_secret_cannot_take_all_of_the_account():
    limits = properties("ActivityStage")["DefaultRouteSettings"]

    assert limits == {"ThrottlingRateLimit": 500, "ThrottlingBurstLimit": 1000}


def test_calls_of_the_webhook_are_not_traced():
    assert properties("ReceiveActivityFunction")["Tracing"] == "PassThrough"


def test_the_access_log_has_no_header_in_it():
    line = properties("ActivityStage")["AccessLogSettings"]["Format"]

    assert "header" not in line.lower()
    assert SECRET_HEADER not in line.lower()


def test_the_secret_is_random_and_long():
    assert properties("WebhookSecret")["GenerateSecretString"] == {"PasswordLength": 64, "ExcludePunctuation": True}
