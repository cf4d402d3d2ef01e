"""docs/deployer-policy.json: what AWS's own schemas say that creating, updating and deleting each resource takes."""

import json
import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

from tests.contract.sam_template import RESOURCES

POLICY = json.loads(Path("docs/deployer-policy.json").read_text())
STATEMENTS = {one["Sid"]: one for one in POLICY["Statement"]}
REGION = "eu-west-1"
CUSTOM = "Custom::"
# What the SAM transform makes of a function that has a queue or a stream, and a say in how it is invoked.
MADE_BY_SAM = {
    "AWS::Serverless::Function": {
        *("AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping", "AWS::Lambda::EventInvokeConfig"),
    }
}
# What no schema says.
BESIDE = {
    "lambda:InvokeFunction",  # CloudFormation calls Configure as the one who deploys
    # an HTTP API's access log (docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html)
    *("logs:DeleteLogDelivery", "logs:GetLogDelivery", "logs:ListLogDeliveries", "logs:UpdateLogDelivery"),
}
# What the schemas say of features that the template does not use. CloudFormation reads all, so that reading stays.
UNUSED = {
    "iam:*Group*": "no user and no group",
    "iam:*User*": "no user and no group",
    "iam:*PermissionsBoundary": "no role has a boundary",
    "iam:CreateServiceLinkedRole": "no import and no replica of a table",
    "kinesis:*": "no stream of Kinesis",
    "firehose:*": "no log is delivered",
    "elasticfilesystem:*": "no function has a file system",
    "s3files:*": "no function has a file system",
    "dynamodb:*Item": "no import of a table",
    "dynamodb:Query": "no import of a table",
    "dynamodb:Scan": "no import of a table",
    "dynamodb:ImportTable": "no import of a table",
    "dynamodb:DescribeImport": "no import of a table",
    "dynamodb:*TableReplica": "no replica of a table",
    "dynamodb:*ableKinesisStreamingDestination": "no stream of Kinesis",
    "dynamodb:UpdateKinesisStreamingDestination": "no stream of Kinesis",
    "dynamodb:*teContributorInsights": "no insights",
    "dynamodb:PutResourcePolicy": "no policy of a table",
    "dynamodb:DeleteResourcePolicy": "no policy of a table",
    "lambda:*teFunctionCodeSigningConfig": "no signed code",
    "lambda:PutFunctionCodeSigningConfig": "no signed code",
    "lambda:PutFunctionScalingConfig": "Lambda's own",
    "lambda:PutRuntimeManagementConfig": "Lambda's own",
    "lambda:PassCapacityProvider": "Lambda's own capacity",
    "lambda:AssociateRuntimeAlias": "Lambda's own runtimes",
    "lambda:GetLayerVersion": "no layer",
    "lambda:PublishVersion": "no versions",
    "logs:*DataProtectionPolicy": "no masked log",
    "logs:*teIndexPolicy": "no indexed log",
    "logs:PutIndexPolicy": "no indexed log",
    "logs:PutBearerTokenAuthentication": "no tokens",
    "logs:PutLogGroupDeletionProtection": "logs are deleted with the stack",
    "logs:CreateLogStream": "no import of a table",
    "logs:PutLogEvents": "no import of a table",
    "s3:*": "in the statement Artifacts",
    "secretsmanager:*Region*": "no secret in several regions",
    "sns:*DataProtectionPolicy": "no masked message",
}

# The properties that would need what is left out, where a property is what makes use of it.
PROPERTIES = {
    "CapacityProviderConfig": "lambda:PassCapacityProvider",
    "CodeSigningConfigArn": "lambda:PutFunctionCodeSigningConfig",
    "ContributorInsightsSpecification": "dynamodb:*teContributorInsights",
    "DataProtectionPolicy": "sns:*DataProtectionPolicy",
    "DeletionProtectionEnabled": "logs:PutLogGroupDeletionProtection",
    "FieldIndexPolicies": "logs:PutIndexPolicy",
    "FileSystemConfigs": "elasticfilesystem:*",
    "FunctionScalingConfig": "lambda:PutFunctionScalingConfig",
    "ImportSourceSpecification": "dynamodb:ImportTable",
    "KinesisStreamSpecification": "dynamodb:UpdateKinesisStreamingDestination",
    "Layers": "lambda:GetLayerVersion",
    "PermissionsBoundary": "iam:*PermissionsBoundary",
    "RecursiveLoop": "lambda:PutFunctionRecursionConfig",
    "ReplicaRegions": "secretsmanager:*Region*",
    "ResourcePolicy": "dynamodb:PutResourcePolicy",
    "RuntimeManagementConfig": "lambda:PutRuntimeManagementConfig",
}

SHORTENED = ("lambda:Get*", "logs:Describe*")  # a managed policy has room for 6,144 characters


def permissions_of(resource_type):
    """Return every action that a type's schema names for its handlers, but to list all resources of an account."""
    handlers = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, resource_type).schema["handlers"]
    return {action for name, one in handlers.items() if name != "list" for action in one["permissions"]}


def resource_types():
    given = {one["Type"] for one in RESOURCES.values() if not one["Type"].startswith(CUSTOM)}
    return {made for one in given for made in MADE_BY_SAM.get(one, {one})}


def actions_of(*statements):
    return {action for sid in statements for action in STATEMENTS[sid]["Action"]}


def shortened(action):
    return next((pattern for pattern in SHORTENED if fnmatchcase(action, pattern)), action)


NEEDED = {action for one in resource_types() for action in permissions_of(one)}
KEPT = {shortened(action) for action in NEEDED if not any(fnmatchcase(action, pattern) for pattern in UNUSED)}


def test_the_policy_has_what_the_templates_resources_take_and_no_more():
    assert sorted(actions_of("RolesAndPolicies", "Resources")) == sorted(KEPT | BESIDE)


@pytest.mark.parametrize("pattern", UNUSED)
def test_every_action_that_is_left_out_is_one_of_a_schema(pattern):
    assert [action for action in NEEDED if fnmatchcase(action, pattern)] != []


def test_what_a_property_of_the_template_needs_is_not_left_out():
    used = {name for one in RESOURCES.values() for name in one.get("Properties", {})}

    assert {PROPERTIES[name] for name in used & PROPERTIES.keys()} & UNUSED.keys() == set()


def test_roles_and_policies_are_those_of_the_stack_alone():
    statement = STATEMENTS["RolesAndPolicies"]

    assert {action for action in KEPT if action.startswith("iam:")} == {*statement["Action"]}
    assert statement["Resource"] == ["arn:*:iam::*:role/thingsync-*", "arn:*:iam::*:policy/thingsync-*"]


def test_stacks_are_this_one_and_the_one_that_holds_sams_bucket():
    places = STATEMENTS["Stack"]["Resource"]

    assert [re.sub(r"^arn:\*:cloudformation:\*:(\*|aws):", "", each) for each in places] == [
        *("stack/thingsync/*", "stack/aws-sam-cli-managed-default/*", "transform/Serverless-2016-10-31"),
    ]


def test_sams_bucket_can_get_its_tags():
    """SAM gives it some, and S3 has two actions for that."""
    handlers = PROVIDER_SCHEMA_MANAGER.get_resource_schema(REGION, "AWS::S3::Bucket").schema["handlers"]
    tagging = {action for action in handlers["create"]["permissions"] if "Tag" in action}

    assert tagging
    assert tagging - {*STATEMENTS["Artifacts"]["Action"]} == set()


def test_it_fits_into_one_managed_policy():
    """IAM counts no white space: 6,144 characters."""
    assert len(re.sub(r"\s", "", json.dumps(POLICY))) <= 6144


def test_an_action_is_in_one_statement():
    actions = [action for one in STATEMENTS.values() for action in one["Action"]]

    assert len(actions) == len({*actions})
