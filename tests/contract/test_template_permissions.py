"""Each function's role allows the actions that its source calls, and nothing else."""

import ast
import pathlib

import pytest

from tests.contract.function_sources import aws_actions, imported_names, parsed
from tests.contract.sam_template import FUNCTIONS, module_of
from tests.contract.template_policies import ROLE_OF, allowed

EVERY_FUNCTION = {
    "logs:CreateLogStream",
    "logs:PutLogEvents",
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
}
QUEUE_POLLER = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}

# What encrypted resources ask of whoever calls: the key's use.
KEY_USE = {
    "sqs:SendMessage": {"kms:Decrypt", "kms:GenerateDataKey"},
    "sqs:ReceiveMessage": {"kms:Decrypt"},
    "secretsmanager:GetSecretValue": {"kms:Decrypt"},
}
API_KEY = {"Fn::GetAtt": ["ApplicationApiKeySecret", "Id"]}


def needed(function):
    polled = QUEUE_POLLER if "Events" in FUNCTIONS[function] else set()
    called = aws_actions(module_of(function)) | EVERY_FUNCTION | polled
    return called.union(*(KEY_USE.get(action, set()) for action in called))


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_a_function_may_do_exactly_what_it_calls(function):
    assert {action for action, _ in allowed(ROLE_OF[function])} == needed(function)


def test_every_function_has_a_role_of_its_own():
    assert sorted(ROLE_OF.values()) == sorted(f"{function}Role" for function in FUNCTIONS)


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_a_function_writes_its_own_log_group(function):
    groups = [resource for action, resource in allowed(ROLE_OF[function]) if action == "logs:PutLogEvents"]

    assert groups[0] == {"Fn::GetAtt": [f"{function}LogGroup", "Arn"]}
    assert FUNCTIONS[function]["LoggingConfig"] == {"LogGroup": {"Ref": f"{function}LogGroup"}}


def test_secrets_of_things_are_open_to_the_functions_that_read_them_alone():
    readers = {
        function
        for function in FUNCTIONS
        if "workflows.assembly.registration.device_secrets" in imported_names(module_of(function))
    }
    allowed_to = {
        function: [one for action, one in allowed(ROLE_OF[function]) if action == "secretsmanager:GetSecretValue"]
        for function in FUNCTIONS
    }

    assert {function for function, secrets in allowed_to.items() if API_KEY in secrets} == readers | {"UndoDevice"}
    assert {function for function, secrets in allowed_to.items() if len(secrets) > 1} == readers


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
