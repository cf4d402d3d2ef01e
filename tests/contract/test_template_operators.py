"""The policies for people: what the command calls, divided by whether it changes anything, on the stack's resources."""

import json
import pathlib
import re

import pytest

from tests.contract.command_sources import NEVER_CALLED, actions_of_the_command, uses_of
from tests.contract.sam_template import FUNCTIONS, KEY, RESOURCES, TEMPLATE, of_type
from tests.contract.template_policies import MANAGED, OF_PEOPLE, as_list, given, pairs_in
from tests.contract.test_template_permissions import KEY_USE, TABLE_READ, TABLE_WRITTEN
from tests.contract.test_template_scopes import (
    JOURNAL,
    KEYS_OF_OTHERS,
    OF_THE_AUTHORITIES,
    RESOURCE_OF,
    THINGS,
    UNSCOPED,
)
from workflows.adapters.journal.items import REMOVALS

VIEWER, OPERATOR = (MANAGED[name] for name in OF_PEOPLE)
# A message that was read is hidden from others for a while: that is how SQS shows dead letters.
READING = re.compile(r"\w+:(Describe|Get|List|Query$|Scan$|BatchGet|Receive|ChangeMessageVisibility)")
# What seeing a run and starting a move of messages needs of the key; the rest is as for the functions.
KEY_USE_OF_PEOPLE = KEY_USE | {
    "states:GetExecutionHistory": {"kms:Decrypt"},
    "secretsmanager:PutSecretValue": {"kms:GenerateDataKey"},
    "dynamodb:DescribeTable": TABLE_READ,
}
# Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
LONGEST_POLICY = 6144
# By workflows.domain.stack_name.
LONGEST_NAME = "s" * 62

OF_STACK = "arn:${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:"
MACHINE = {"Ref": "StateMachine"}
RUNS = RESOURCE_OF["states:DescribeExecution"]
API_KEY = {"Fn::GetAtt": ["ApplicationApiKeySecret", "Id"]}
DEAD_LETTERS = {"Fn::GetAtt": ["RegistryEventsDLQ", "Arn"]}
EVENTS = {"Fn::GetAtt": ["RegistryEvents", "Arn"]}
ACTIVITY = {"Fn::GetAtt": ["DeviceActivity", "Arn"]}
RESOURCES_OF = {
    "cloudformation": [{"Fn::Sub": OF_STACK % "cloudformation" + "stack/${AWS::StackName}/*"}],
    "cloudwatch": [{"Fn::Sub": OF_STACK % "cloudwatch" + "alarm:${AWS::StackName}-*"}],
    "dynamodb": [JOURNAL, {"Fn::Sub": "${JournalTable.Arn}/index/*"}],
    "iot": [
        THINGS,
        RESOURCE_OF["iot:DescribeThingType"],
        {"Fn::GetAtt": ["ChangeRule", "Arn"]},
        {"Fn::GetAtt": ["DeletionRule", "Arn"]},
    ],
    "kms": [KEY, KEYS_OF_OTHERS],
    "lambda": [
        {"Fn::Sub": OF_STACK % "lambda" + "event-source-mapping:*"},
        {"Fn::GetAtt": ["ReconfigureFunction", "Arn"]},
    ],
    "logs": [{"Fn::GetAtt": ["ReconcileLogGroup", "Arn"]}],
    "scheduler": [{"Fn::GetAtt": ["Reconciling", "Arn"]}],
    "secretsmanager": [API_KEY, {"Ref": "CertificateAuthoritySecretArn"}],
    "sqs": [
        EVENTS,
        DEAD_LETTERS,
        {"Fn::GetAtt": ["DeviceActivityDLQ", "Arn"]},
        ACTIVITY,
        {"Fn::GetAtt": ["FactsDLQ", "Arn"]},
    ],
    "states": [MACHINE, RUNS],
}
# Source: the service authorization reference. Beside those that no function may be scoped for either.
UNSCOPED_HERE = {
    *UNSCOPED,
    "cloudwatch:GetMetricStatistics",
    "iam:ListAccountAliases",
    "lambda:GetAccountSettings",
}


def actions(policy):
    return {action for action, _ in pairs_in(policy)}


def needed(called):
    return called.union(*(KEY_USE_OF_PEOPLE.get(action, set()) for action in called))


def test_the_viewer_may_make_every_call_of_the_command_that_changes_nothing():
    reading = {action for action in actions_of_the_command() if READING.match(action)}

    assert actions(VIEWER) == needed(reading)


def test_the_operator_may_make_all_others_beside():
    assert actions(VIEWER) | actions(OPERATOR) == needed(actions_of_the_command()) | TABLE_WRITTEN
    assert not [action for action in actions(OPERATOR) - {"kms:Decrypt"} if READING.match(action)]


@pytest.mark.parametrize("action", sorted(NEVER_CALLED))
def test_the_command_does_not_call_what_its_policies_leave_out(action):
    adapter, method = NEVER_CALLED[action]

    assert uses_of(adapter).isdisjoint({method, None})


def test_the_documented_rights_are_those_of_the_policies():
    text = pathlib.Path("docs/command.md").read_text().partition("\n## Rights\n")[2]
    documented = set(re.findall(r"`([a-z-]+:[A-Z]\w+)`", text))

    of_services = {action for action in documented if action.startswith("kms:")} - {"kms:DescribeKey"}
    assert documented - of_services == actions_of_the_command()


@pytest.mark.parametrize("policy", OF_PEOPLE)
def test_a_policy_is_for_the_stacks_own_resources(policy):
    for action, resource in pairs_in(MANAGED[policy]):
        if resource == "*":
            assert action in UNSCOPED_HERE
        else:
            assert resource in RESOURCES_OF[action.partition(":")[0]]


def test_of_queues_only_the_dead_letters_are_shown_and_purged_and_only_events_are_sent():
    reach = {}
    for action, resource in pairs_in(VIEWER + OPERATOR):
        if action.startswith("sqs:") and action != "sqs:GetQueueAttributes":
            reach.setdefault(str(resource), set()).add(action)

    assert reach.pop(str(EVENTS)) == reach.pop(str(ACTIVITY)) == {"sqs:SendMessage"}
    assert set(reach) == {str(DEAD_LETTERS)}


def test_of_functions_only_the_one_that_reads_no_event_is_invoked():
    assert dict(pairs_in(OPERATOR))["lambda:InvokeFunction"] == {"Fn::GetAtt": ["ReconfigureFunction", "Arn"]}
    [mapping] = [one for one in VIEWER if as_list(one["Action"]) == ["lambda:GetEventSourceMapping"]]
    polling = [f"{name}Function" for name, one in FUNCTIONS.items() if "Events" in one and _is_polling(one)]
    assert sorted(re.findall(r"\w+Function\b", str(mapping["Condition"]))) == sorted(polling)


def _is_polling(function):
    return any(source["Type"] in ("SQS", "DynamoDB") for source in function["Events"].values())


def test_of_the_journal_only_the_allowance_for_removals_is_written():
    writing = [one for one in OPERATOR if "dynamodb:PutItem" in as_list(one["Action"])]

    assert [one["Condition"] for one in writing] == [
        {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [REMOVALS]}}
    ]
    assert not [action for action in actions(VIEWER) if action.startswith("dynamodb:") and not READING.match(action)]


SERVICES_THAT_OPEN = [
    {"Fn::Sub": one + ".${AWS::Region}.${AWS::URLSuffix}"} for one in ("dynamodb", "secretsmanager", "sqs")
]


@pytest.mark.parametrize("policy", OF_PEOPLE)
def test_the_key_is_used_for_what_the_policies_open(policy):
    """A service opens for a caller what the caller may ask that service for, so it may stand for the context."""
    for use in MANAGED[policy]:
        used = {action for action in as_list(use["Action"]) if action.startswith("kms:")}
        if used - {"kms:DescribeKey"}:
            (condition,) = use["Condition"].values()
            [(name, value)] = condition.items()
            if use["Resource"] == KEYS_OF_OTHERS:
                assert condition == OF_THE_AUTHORITIES
            elif name == "kms:ViaService":
                assert all(one in SERVICES_THAT_OPEN for one in as_list(value))
            else:
                assert name.startswith("kms:EncryptionContext:")
                assert all(one in (API_KEY, DEAD_LETTERS, EVENTS, ACTIVITY, MACHINE) for one in as_list(value))


# Partition, region and domain with the longest names together.
PLACES = (
    ("aws", "ap-northeast-1", "amazonaws.com"),
    ("aws-us-gov", "us-gov-west-1", "amazonaws.com"),
    ("aws-cn", "cn-northwest-1", "amazonaws.com.cn"),
)


@pytest.mark.parametrize(("partition", "region", "domain"), PLACES)
@pytest.mark.parametrize("policy", OF_PEOPLE)
def test_a_policy_is_short_enough_for_the_longest_stack_name(policy, partition, region, domain):
    names = {
        "AWS::Partition": partition,
        "AWS::Region": region,
        "AWS::AccountId": "123456789012",
        "AWS::URLSuffix": domain,
        "AWS::StackName": LONGEST_NAME,
    }
    statements = _resolved(MANAGED[policy], names)

    text = json.dumps({"Version": "2012-10-17", "Statement": statements}, separators=(",", ":"))

    assert len(text) <= LONGEST_POLICY


def _resolved(node, names):
    """Return the policy with these names, and with others as long as they can be."""
    match node:
        case list():
            return [_resolved(one, names) for one in node]
        case {"Fn::Sub": text}:
            return re.sub(r"\$\{([^}]+)\}", lambda found: names.get(found[1], "r" * 128), text)
        case {"Fn::If": _}:
            return _resolved(given(node), names)
        case {"Ref": _} | {"Fn::GetAtt": _}:
            begin = f"arn:{names['AWS::Partition']}:%s:{names['AWS::Region']}:{names['AWS::AccountId']}:"
            is_key = node == KEY
            return (
                f"{begin % 'kms'}key/{'r' * 36}" if is_key else f"{begin % 'secretsmanager'}{LONGEST_NAME}-{'r' * 40}"
            )
        case dict():
            return {name: _resolved(value, names) for name, value in node.items()}
    return node


@pytest.mark.parametrize("policy", OF_PEOPLE)
def test_a_policy_is_attached_to_nobody_and_named_in_the_outputs(policy):
    assert TEMPLATE["Outputs"][f"{policy}Arn"]["Value"] == {"Ref": policy}
    assert not {"Users", "Roles", "Groups"} & RESOURCES[policy]["Properties"].keys()
    roles = of_type("AWS::IAM::Role").values()
    assert {"Ref": policy} not in [one for role in roles for one in role.get("ManagedPolicyArns", [])]


def test_the_policies_keep_their_descriptions():
    """AWS replaces a policy whose description changes; an operator has attached the former one, which then stays.

    Source: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html
    """
    assert [RESOURCES[name]["Properties"]["Description"] for name in OF_PEOPLE] == [
        "All commands of thingsync that change nothing. It opens the API key, and the keys in dead letters and runs",
        "All other commands of thingsync, beside ViewerPolicy. Who has it can do anything with the stack's devices",
    ]
