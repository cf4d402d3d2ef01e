"""The way in from The Things Stack: one route, one function, no secret in its log."""

from tests.contract.sam_template import RESOURCES, TEMPLATE, of_type
from workflows.schemas.activity import SECRET_HEADER


def properties(name):
    return RESOURCES[name]["Properties"]


def test_there_is_one_route_and_it_leads_to_the_function():
    routes = of_type("AWS::ApiGatewayV2::Route")

    assert [route["RouteKey"] for route in routes.values()] == ["POST /activity"]
    assert properties("ActivityRoute")["Target"] == {"Fn::Sub": "integrations/${ActivityIntegration}"}
    assert properties("ActivityIntegration")["IntegrationUri"] == {"Fn::GetAtt": ["ReceiveActivityFunction", "Arn"]}
    assert properties("ActivityIntegration")["PayloadFormatVersion"] == "2.0"


def test_only_that_route_may_call_the_function():
    permission = properties("ActivityApiPermission")

    assert permission["Principal"] == "apigateway.amazonaws.com"
    assert permission["SourceArn"]["Fn::Sub"].endswith(":${ActivityApi}/*/POST/activity")
    assert list(of_type("AWS::Lambda::Permission")) == ["ActivityApiPermission"]


def test_the_webhook_url_is_the_route_s():
    assert TEMPLATE["Outputs"]["WebhookUrl"]["Value"] == {"Fn::Sub": "${ActivityApi.ApiEndpoint}/activity"}


def test_who_calls_without_the_secret_cannot_take_all_of_the_account():
    limits = properties("ActivityStage")["DefaultRouteSettings"]

    assert limits == {"ThrottlingRateLimit": 500, "ThrottlingBurstLimit": 1000}


def test_the_access_log_has_no_header_in_it():
    line = properties("ActivityStage")["AccessLogSettings"]["Format"]

    assert "header" not in line.lower()
    assert SECRET_HEADER not in line.lower()


def test_the_secret_is_random_and_long():
    assert properties("WebhookSecret")["GenerateSecretString"] == {"PasswordLength": 64, "ExcludePunctuation": True}
