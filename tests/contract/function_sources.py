"""What a function's source says without running it: modules it reaches, AWS calls it makes, settings it reads."""

import ast
import functools
import importlib
import pathlib

import boto3

# The type of an adapter's client -> the service, by boto3's name.
SERVICES = {
    "CloudFormationClient": "cloudformation",
    "CloudWatchClient": "cloudwatch",
    "DynamoDBClient": "dynamodb",
    "EventBridgeClient": "events",
    "EventBridgeSchedulerClient": "scheduler",
    "IAMClient": "iam",
    "IoTClient": "iot",
    "IoTDataPlaneClient": "iot-data",
    "KMSClient": "kms",
    "LambdaClient": "lambda",
    "CloudWatchLogsClient": "logs",
    "SecretsManagerClient": "secretsmanager",
    "SFNClient": "stepfunctions",
    "SQSClient": "sqs",
    "SSMClient": "ssm",
}
# Actions that have another name than their call.
NAMED_OTHERWISE = {
    "lambda:Invoke": "lambda:InvokeFunction",
    **{f"sqs:{call}Batch": f"sqs:{call}" for call in ("ChangeMessageVisibility", "DeleteMessage", "SendMessage")},
}
IAM_PREFIXES = {"iot-data": "iot", "stepfunctions": "states"}

# A transaction needs the right to each kind of write in it, and none of its own.
# Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
TRANSACTION = "dynamodb:TransactWriteItems"
TRANSACTED = {
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Delete": "dynamodb:DeleteItem",
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
}


@functools.cache
def parsed(path):
    return ast.parse(path.read_text())


def _module_file(dotted):
    path = pathlib.Path(*dotted.split("."))
    found = [one for one in (path.with_suffix(".py"), path / "__init__.py") if one.exists()]
    return found[0] if found else None


@functools.cache
def imported_names(path):
    """Return every ``module.name`` that ``path`` imports from the project."""
    nodes = [node for node in ast.walk(parsed(path)) if isinstance(node, ast.ImportFrom)]
    dotted = {f"{node.module}.{alias.name}" for node in nodes for alias in node.names}
    return frozenset(name for name in dotted if name.startswith(("workflows.", "operate.")))


@functools.cache
def reached(path):
    """Return ``path`` and every file of the project that importing it loads."""
    found, ahead = set(), [path]
    while ahead:
        current = ahead.pop()
        if current in found:
            continue
        found.add(current)
        files = {_module_file(part) for name in imported_names(current) for part in (name, name.rpartition(".")[0])}
        ahead += [file for file in files if file]
    return frozenset(found)


def aws_actions(path):
    """Return the IAM actions of the calls in every adapter that ``path`` reaches."""
    actions = {action_for(*call) for call in aws_calls(path)}
    return actions - {TRANSACTION} | (_transacted(path) if TRANSACTION in actions else set())


def aws_calls(path):
    """Return service and operation of the calls in every adapter that ``path`` reaches, as botocore names them."""
    return {call for file in reached(path) for call in _calls_in(file)}


@functools.cache
def _calls_in(file):
    classes = [node for node in ast.walk(parsed(file)) if isinstance(node, ast.ClassDef)]
    return frozenset(call for node in classes for call in _calls_of_class(file, node))


def _transacted(path):
    """Return what the transactions that ``path`` reaches are made of: they are maps with the kind of write as key."""
    maps = [node for file in reached(path) for node in ast.walk(parsed(file)) if isinstance(node, ast.Dict)]
    keys = {key.value for node in maps for key in node.keys if isinstance(key, ast.Constant)}
    return {action for key, action in TRANSACTED.items() if key in keys}


def _calls_of_class(file, node):
    called = [one.func for one in ast.walk(node) if isinstance(one, ast.Call) and isinstance(one.func, ast.Attribute)]
    for method in (one.attr for one in called if ast.unparse(one.value) == "self._client"):
        if method != "get_paginator":
            yield operation_of(service_of(file, node), method)
    for method in _paginated(node):
        yield operation_of(service_of(file, node), method)


def _paginated(node):
    """Return the methods whose pages a paginator reads."""
    calls = [one for one in ast.walk(node) if isinstance(one, ast.Call)]
    return [ast.literal_eval(one.args[0]) for one in calls if ast.unparse(one.func) == "self._client.get_paginator"]


def service_of(file, node):
    """Return the service of the class's client, which it may have from the class it derives from."""
    annotations = {
        ast.literal_eval(argument.annotation)
        for argument in ast.walk(node)
        if isinstance(argument, ast.arg) and argument.arg == "client"
    }
    if not annotations:
        return service_of(*_base_of(file, node))
    (client,) = annotations
    return SERVICES[client]


def _base_of(file, node):
    imported = {name.rpartition(".")[2]: name.rpartition(".")[0] for name in imported_names(file)}
    base = next(base.id for base in node.bases if imported.get(base.id, "").startswith("workflows.adapters."))
    base_file = _module_file(imported[base])
    return base_file, next(one for one in parsed(base_file).body if isinstance(one, ast.ClassDef) and one.name == base)


@functools.cache
def operation_of(service, method):
    client = boto3.client(service, region_name="eu-west-1", aws_access_key_id="-", aws_secret_access_key="-")
    return service, client.meta.method_to_api_mapping[method]


def action_of(service, method):
    return action_for(*operation_of(service, method))


def action_for(service, operation):
    action = f"{IAM_PREFIXES.get(service, service)}:{operation}"
    return NAMED_OTHERWISE.get(action, action)


def variables_read(path):
    """Return the environment variables of every group of settings that ``path`` and what it reaches load."""
    return {
        name.upper()
        for file in reached(path)
        for call in ast.walk(parsed(file))
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "load"
        for name in _named_in(file, ast.unparse(call.args[0])).__annotations__
    }


def _named_in(file, name):
    (dotted,) = (one for one in imported_names(file) if one.endswith(f".{name}"))
    module, _, _ = dotted.rpartition(".")
    return getattr(importlib.import_module(module), name)
