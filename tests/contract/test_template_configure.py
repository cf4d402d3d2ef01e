"""What Configure is given and when it runs again; and how long a stack's name may be."""

import pytest

from tests.contract.sam_template import FUNCTIONS, RESOURCES, TEMPLATE, of_type
from workflows.domain.stack_name import stack_name_problems

LONGEST = "x" * 62
# By resource type: the property, and how long AWS lets its value be.
BOUNDS = {
    "AWS::SQS::Queue": ("QueueName", 80),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", 80),
    "AWS::Logs::LogGroup": ("LogGroupName", 512),
    "AWS::SecretsManager::Secret": ("Name", 512),
    "AWS::ApiGatewayV2::Api": ("Name", 128),
}


def spelt_out(name, stack_name):
    return stack_name if "Ref" in name else name["Fn::Sub"].replace("${AWS::StackName}", stack_name)


@pytest.mark.parametrize("resource_type", sorted(BOUNDS))
def test_a_stacks_name_that_configure_lets_pass_leaves_room_for_all_that_is_named_after_it(resource_type):
    given, most = BOUNDS[resource_type]
    names = [spelt_out(one[given], LONGEST) for one in of_type(resource_type).values()]

    assert stack_name_problems(LONGEST) == []
    assert names
    assert [name for name in names if len(name) > most or LONGEST not in name] == []


def test_the_bound_is_no_tighter_than_it_must_be():
    names = [spelt_out(queue["QueueName"], f"{LONGEST}x") for queue in of_type("AWS::SQS::Queue").values()]

    assert stack_name_problems(f"{LONGEST}x")
    assert max(map(len, names)) == 81


def test_configure_runs_again_when_one_of_its_properties_changes():
    given = FUNCTIONS["Configure"]["Environment"]["Variables"]
    watched = RESOURCES["Configure"]["Properties"]

    assert watched.keys() - {"ServiceToken", "ServiceTimeout"} == {
        *("ThingTypeName", "ApplicationId", "ClusterAddress", "IdentityServerAddress", "AllowHttp", "WebhookUrl"),
        *("WebhookSecretArn", "MirrorOn", "SubnetIds", "SecurityGroupIds", "CertificateAuthoritySecretArn", "Version"),
    }
    named = ("ApplicationId", "ClusterAddress", "WebhookUrl", "WebhookSecretArn", "MirrorOn")
    assert [watched[name] for name in named] == [
        given[name] for name in ("APPLICATION_ID", "CLUSTER_ADDRESS", "WEBHOOK_URL", "WEBHOOK_SECRET_ARN", "MIRROR_ON")
    ]
    assert watched["CertificateAuthoritySecretArn"] == given["CERTIFICATE_AUTHORITY_SECRET_ARN"]
    assert watched["WebhookUrl"] == TEMPLATE["Outputs"]["WebhookUrl"]["Value"]


def test_people_have_a_function_of_their_own_with_the_same_variables():
    assert RESOURCES["Configure"]["Properties"]["ServiceToken"] == {"Fn::GetAtt": ["ConfigureFunction", "Arn"]}
    assert TEMPLATE["Outputs"]["ConfigureFunctionName"]["Value"] == {"Ref": "ReconfigureFunction"}
    assert FUNCTIONS["Reconfigure"]["Environment"] == FUNCTIONS["Configure"]["Environment"]


def test_the_api_is_created_before_the_webhook_that_calls_it():
    permissions = {name for name in of_type("AWS::Lambda::Permission") if name.startswith("Activity")}
    api = {*of_type("AWS::ApiGatewayV2::Route"), *permissions, "ActivityStage"}

    assert permissions
    assert api <= set(RESOURCES["Configure"]["DependsOn"])
