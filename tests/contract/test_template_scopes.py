"""What roles may do, they may do to named resources."""

import json
import pathlib

import pytest

from tests.contract.sam_template import FUNCTIONS, KEY, RESOURCES
from tests.contract.template_policies import ROLE_OF, ROLES, allowed, as_list, statements

UNSCOPED = json.loads(pathlib.Path("tests/contract/unscoped_actions.json").read_text())

IOT = "arn:${AWS::Partition}:iot:${AWS::Region}:${AWS::AccountId}"
SHADOWS = {"Fn::Sub": f"{IOT}:thing/*/registration"}
THINGS = {"Fn::Sub": f"{IOT}:thing/*"}
OF_ANY_NETWORK = {"Fn::Sub": "arn:${AWS::Partition}:ec2:${AWS::Region}:*:*/*"}
THING_TYPE = {"Fn::Sub": f"{IOT}:thingtype/${{ThingTypeName}}"}
RUNS = "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:execution:${AWS::StackName}:*"
JOURNAL = {"Fn::GetAtt": ["JournalTable", "Arn"]}
STREAM = {"Fn::Sub": "${JournalTable.Arn}/stream/*"}

RESOURCE_OF = {
    "cloudformation:DescribeStacks": {"Ref": "AWS::StackId"},
    "dynamodb:BatchGetItem": JOURNAL,
    "dynamodb:DeleteItem": JOURNAL,
    "dynamodb:ConditionCheckItem": JOURNAL,
    "dynamodb:GetItem": JOURNAL,
    "dynamodb:PutItem": JOURNAL,
    "dynamodb:UpdateItem": JOURNAL,
    "dynamodb:DescribeStream": STREAM,
    "dynamodb:GetRecords": STREAM,
    "dynamodb:GetShardIterator": STREAM,
    "dynamodb:ListStreams": STREAM,
    "ec2:AssignPrivateIpAddresses": OF_ANY_NETWORK,
    "ec2:CreateNetworkInterface": OF_ANY_NETWORK,
    "ec2:DeleteNetworkInterface": OF_ANY_NETWORK,
    "ec2:UnassignPrivateIpAddresses": OF_ANY_NETWORK,
    "events:PutEvents": {"Fn::Sub": "arn:${AWS::Partition}:events:${AWS::Region}:${AWS::AccountId}:event-bus/default"},
    "iot:CreateThing": THINGS,
    "iot:CreateThingType": THING_TYPE,
    "iot:DeleteThingShadow": SHADOWS,
    "iot:DescribeThing": THINGS,
    "iot:DescribeThingType": THING_TYPE,
    "iot:GetThingShadow": SHADOWS,
    "iot:UpdateThing": THINGS,
    "iot:UpdateThingShadow": SHADOWS,
    "iot:UpdateThingType": THING_TYPE,
    "lambda:InvokeFunction": {"Fn::GetAtt": ["ReconcileFunction", "Arn"]},
    "ssm:GetParameter": {
        "Fn::Sub": "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}"
        ":parameter/thingsync/${AWS::StackName}/device/*"
    },
    "states:DescribeExecution": {"Fn::Sub": RUNS},
    "states:StartExecution": {"Ref": "StateMachine"},
}
# The queue that a function reads, and the one that it writes.
READS = {"Ingest": "RegistryEvents", "MirrorDevice": "DeviceActivity"}
WRITES = {
    "Ingest": "RegistryEventsDLQ",
    "ReceiveActivity": "DeviceActivity",
    "PublishFacts": "FactsDLQ",
    "Reconcile": "RegistryEvents",
}
# DynamoDB describes the key too, a call without encryption context; its own actions are scoped to the table.
THROUGH_DYNAMODB = {"kms:ViaService": {"Fn::Sub": "dynamodb.${AWS::Region}.${AWS::URLSuffix}"}}
# The operator's own secret, under whatever key of the account.
OF_THE_AUTHORITIES = {"kms:EncryptionContext:SecretARN": {"Ref": "CertificateAuthoritySecretArn"}}
KEYS_OF_OTHERS = {"Fn::Sub": "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/*"}
OPENING = {f"kms:EncryptionContext:{one}" for one in ("SecretARN", "PARAMETER_ARN", "aws:sqs:arn")}
# Scoped by the tests of permissions, of the key below, and of the list of what cannot be scoped.
ELSEWHERE = {"logs", "secretsmanager", "kms", "xray"}


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_a_function_acts_on_the_resources_of_its_job(function):
    scoped = [
        (action, resource)
        for action, resource in allowed(ROLE_OF[function])
        if action.split(":")[0] not in ELSEWHERE and action not in UNSCOPED
    ]

    queried = [resource for action, resource in scoped if action == "dynamodb:Query"]
    others = [(action, resource) for action, resource in scoped if action != "dynamodb:Query"]
    assert others == [(action, _resource(function, action)) for action, _ in others]
    assert queried in ([], [JOURNAL, {"Fn::Sub": "${JournalTable.Arn}/index/ByStatus"}])


def _resource(function, action):
    if not action.startswith("sqs:"):
        return RESOURCE_OF[action]
    is_a_reader = function in READS and action != "sqs:SendMessage"
    queue = (READS if is_a_reader else WRITES)[function]
    return {"Fn::GetAtt": [queue, "Arn"]}


@pytest.mark.parametrize("role", ROLES)
def test_only_actions_that_aws_cannot_scope_have_a_star(role):
    assert {action for action, resource in allowed(role) if resource == "*"} <= set(UNSCOPED)
    assert not [action for action, _ in allowed(role) if "*" in action]


def test_every_unscoped_action_on_the_list_is_used():
    assert {action for role in ROLES for action, resource in allowed(role) if resource == "*"} == set(UNSCOPED)


@pytest.mark.parametrize("role", ROLES)
def test_the_key_is_used_for_named_resources_only(role):
    uses = [one for one in statements(role) if any(action.startswith("kms:") for action in as_list(one["Action"]))]

    for use in uses:
        (condition,) = use["Condition"].values()
        assert use["Resource"] == (KEYS_OF_OTHERS if condition == OF_THE_AUTHORITIES else KEY)
        assert condition == THROUGH_DYNAMODB or all(key.startswith("kms:EncryptionContext:") for key in condition)


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_the_key_opens_the_secrets_and_queues_that_a_function_may_use_and_no_others(function):
    used, opened = set(), set()
    for action, resource in allowed(ROLE_OF[function]):
        if action.startswith(("secretsmanager:", "sqs:", "ssm:")):
            used.add(str(resource))
    for statement in statements(ROLE_OF[function]):
        for condition in statement.get("Condition", {}).values():
            opened |= {str(one) for key, value in condition.items() if key in OPENING for one in as_list(value)}

    assert opened == used


@pytest.mark.parametrize("role", ROLES)
def test_a_role_is_assumed_by_one_service(role):
    (trust,) = RESOURCES[role]["Properties"]["AssumeRolePolicyDocument"]["Statement"]

    assert trust["Action"] == "sts:AssumeRole"
    assert list(trust["Principal"]) == ["Service"]
    assert trust["Principal"]["Service"] in {
        *("lambda.amazonaws.com", "states.amazonaws.com", "iot.amazonaws.com", "scheduler.amazonaws.com")
    }
