"""Each function's role allows the actions that its source calls, and nothing else."""

import ast
import json
import pathlib
from collections import Counter

import pytest

from tests.contract.function_sources import aws_actions, parsed, reached, variables_read
from tests.contract.sam_template import FUNCTIONS, RESOURCES, module_of
from tests.contract.template_policies import MANAGED, OF_PEOPLE, ROLE_OF, allowed, as_list, attached, statements
from workflows.adapters.journal.items import RECONCILE, REMOVALS
from workflows.adapters.journal.registered import owner_key

EVERY_FUNCTION = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
}
# What Lambda's poller does under the function's role, by the type of what it reads.
POLLERS = {
    "SQS": {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"},
    "DynamoDB": {f"dynamodb:{one}" for one in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")},
}

# What Lambda does under the role of a function in a VPC. Source: AWSLambdaVPCAccessExecutionRole.
NETWORK_INTERFACES = {
    *("ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DeleteNetworkInterface"),
    *("ec2:DescribeSubnets", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses"),
}
# Every function that calls The Things Stack imports this.
CALLS_THE_THINGS_STACK = pathlib.Path("workflows/adapters/things_stack/transport.py")

# The use of the key that calls on encrypted resources need.
# Source for DynamoDB: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
# It needs all of these and CreateGrant, which only making a table needs; reading encrypts nothing.
TABLE_READ = {"kms:Decrypt", "kms:DescribeKey"}
TABLE_WRITTEN = TABLE_READ | {
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
}
KEY_USE = {
    "dynamodb:BatchGetItem": TABLE_READ,
    "dynamodb:GetItem": TABLE_READ,
    "dynamodb:Query": TABLE_READ,
    "dynamodb:PutItem": TABLE_WRITTEN,
    "dynamodb:DeleteItem": TABLE_WRITTEN,
    "dynamodb:UpdateItem": TABLE_WRITTEN,
    "dynamodb:GetRecords": TABLE_READ,
    "sqs:SendMessage": {"kms:Decrypt", "kms:GenerateDataKey"},
    "sqs:ReceiveMessage": {"kms:Decrypt"},
    "secretsmanager:GetSecretValue": {"kms:Decrypt"},
    "ssm:GetParameter": {"kms:Decrypt"},
}
FUNCTIONS_LOG = {"Fn::GetAtt": ["FunctionsLogGroup", "Arn"]}
# The variable that names a log group, and the log group.
LOGS = {
    "THINGS_LOG_GROUP": {"Fn::GetAtt": ["ThingsLogGroup", "Arn"]},
    "RECONCILE_LOG_GROUP": {"Fn::GetAtt": ["ReconcileLogGroup", "Arn"]},
}
API_KEY = {"Fn::GetAtt": ["ApplicationApiKeySecret", "Id"]}
WEBHOOK_SECRET = {"Fn::GetAtt": ["WebhookSecret", "Id"]}
FINGERPRINT_KEY = {"Fn::GetAtt": ["FingerprintKeySecret", "Id"]}
DEVICE_SECRETS = {
    "Fn::Sub": "arn:${AWS::Partition}:secretsmanager:${AWS::Region}:${AWS::AccountId}"
    ":secret:thingsync/${AWS::StackName}/device/*"
}
AUTHORITIES = {"Ref": "CertificateAuthoritySecretArn"}
DEVICE_SECRETS_ADAPTER = pathlib.Path("workflows/adapters/device_secrets.py")


def needed(function):
    sources = FUNCTIONS[function].get("Events", {}).values()
    polled = set().union(*(POLLERS[source["Type"]] for source in sources))
    network = NETWORK_INTERFACES if _calls_the_things_stack(function) else set()
    called = aws_actions(module_of(function)) | EVERY_FUNCTION | polled | network
    return called.union(*(KEY_USE.get(action, set()) for action in called))


def _calls_the_things_stack(function):
    return CALLS_THE_THINGS_STACK in reached(module_of(function))


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_a_function_that_calls_the_things_stack_and_no_other_may_be_in_a_private_network(function):
    calls = _calls_the_things_stack(function)
    policies = {"NetworkInterfacesPolicy", "CertificateAuthoritiesPolicy"}

    assert ("VpcConfig" in FUNCTIONS[function]) == calls
    assert policies & set(attached(ROLE_OF[function])) == (policies if calls else set())


def test_the_code_of_a_function_may_not_touch_network_interfaces():
    conditions = [one["Condition"] for one in MANAGED["NetworkInterfacesPolicy"]]

    assert conditions == [{"Null": {"lambda:SourceFunctionArn": "true"}}] * 2


def test_the_secret_of_the_authorities_may_have_any_key_and_the_key_is_used_for_that_secret_alone():
    _, decrypting = MANAGED["CertificateAuthoritiesPolicy"]

    assert decrypting["Condition"] == {"StringEquals": {"kms:EncryptionContext:SecretARN": AUTHORITIES}}


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_a_function_may_do_exactly_what_it_calls(function):
    assert {action for action, _ in allowed(ROLE_OF[function])} == needed(function)


def test_every_function_has_a_role_of_its_own():
    assert sorted(ROLE_OF.values()) == sorted(f"{function}Role" for function in FUNCTIONS)


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_a_function_writes_the_log_group_of_all_functions_and_those_that_it_knows(function):
    groups = [resource for action, resource in allowed(ROLE_OF[function]) if action == "logs:PutLogEvents"]
    known = [LOGS[each] for each in variables_read(module_of(function)) if each in LOGS]

    assert sorted(map(str, groups)) == sorted(map(str, [FUNCTIONS_LOG, *known]))
    assert set(FUNCTIONS[function].get("LoggingConfig", {})) <= {"SystemLogLevel"}


def test_a_policy_is_shared_and_a_statement_is_not_repeated():
    """A statement that three roles need is written in a policy that they share."""
    roles = [RESOURCES[role]["Properties"] for role in ROLE_OF.values()]
    shares = Counter(policy for role in ROLE_OF.values() for policy in attached(role))
    own = [
        one for role in roles for policy in role.get("Policies", []) for one in policy["PolicyDocument"]["Statement"]
    ]
    of_functions = {name: one for name, one in MANAGED.items() if name not in OF_PEOPLE}
    shared = [one for statements in of_functions.values() for one in statements]
    written = Counter(json.dumps(one, sort_keys=True) for one in own + shared)

    assert set(shares) == set(of_functions)
    assert min(shares.values()) > 1
    assert max(written.values()) <= 2


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_a_function_may_read_the_secrets_that_its_variables_name_and_those_of_things_if_it_reads_them(function):
    given = variables_read(module_of(function))
    secrets = {
        str(API_KEY): "API_KEY_SECRET_ARN" in given,
        str(WEBHOOK_SECRET): "WEBHOOK_SECRET_ARN" in given,
        str(FINGERPRINT_KEY): "FINGERPRINT_SECRET_ARN" in given,
        str(AUTHORITIES): "CERTIFICATE_AUTHORITY_SECRET_ARN" in given,
        str(DEVICE_SECRETS): DEVICE_SECRETS_ADAPTER in reached(module_of(function)),
    }
    readable = [one for action, one in allowed(ROLE_OF[function]) if action == "secretsmanager:GetSecretValue"]

    assert sorted(map(str, readable)) == sorted(secret for secret, read in secrets.items() if read)


def test_only_reconcile_may_read_what_happened_to_all_things_and_no_function_changes_the_table():
    may = {role: {action for action, _ in allowed(role) if action.startswith("dynamodb:")} for role in ROLE_OF.values()}
    reading = {"dynamodb:BatchGetItem", "dynamodb:Query"}

    assert may.pop("ReconcileRole") == reading | {"dynamodb:GetItem", "dynamodb:PutItem"}
    items = {f"dynamodb:{one}Item" for one in ("ConditionCheck", "Delete", "Get", "Put", "Update")}
    assert set().union(*may.values()) == items | POLLERS["DynamoDB"]


def test_only_two_functions_read_the_stream_and_the_one_that_publishes_reads_nothing_else_of_the_journal():
    reading = [function for function, role in ROLE_OF.items() if "dynamodb:GetRecords" in dict(allowed(role))]
    actions = {action for action, _ in allowed(ROLE_OF["PublishFacts"]) if action.startswith("dynamodb:")}

    assert (reading, actions) == (["PublishFacts", "RemoveKeys"], POLLERS["DynamoDB"])


def test_events_are_put_as_those_of_this_stack_and_of_no_other_source():
    [statement] = [one for one in statements("PublishFactsRole") if as_list(one["Action"]) == ["events:PutEvents"]]

    assert statement["Condition"] == {"StringEquals": {"events:source": {"Fn::Sub": "thingsync.${AWS::StackName}"}}}


def test_reconcile_writes_what_it_leaves_for_its_next_run_and_no_fact():
    writing = [one for one in statements("ReconcileRole") if "dynamodb:PutItem" in as_list(one["Action"])]

    assert [one["Condition"] for one in writing] == [
        {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [RECONCILE]}}
    ]


def test_only_counts_of_removals_may_be_changed_and_no_fact():
    changing = {
        str(one.get("Condition"))
        for role in ROLE_OF.values()
        for one in statements(role)
        if "dynamodb:UpdateItem" in as_list(one["Action"])
    }

    assert changing == {str({"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": [REMOVALS]}})}


def test_the_function_that_everybody_can_call_reads_owners_of_devices_and_nothing_else_of_the_journal():
    reading = [one for one in statements("ReceiveActivityRole") if "dynamodb:GetItem" in as_list(one["Action"])]

    assert [one["Condition"] for one in reading] == [
        {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [owner_key("*")["pk"]]}}
    ]


def test_no_aws_call_escapes_the_derivation():
    """Every client is an adapter's ``_client`` or goes to a library that the derivation knows."""
    hidden = [
        f"{path}:{node.lineno}"
        for path in pathlib.Path("workflows").rglob("*.py")
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Call)
        if ast.unparse(node.value.func).startswith(("aws.", "boto3."))
    ]

    assert hidden == []
