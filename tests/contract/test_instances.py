"""A function's instance: what it may not load, what is ready when its init phase ends, and what it then says."""

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from functions import name_device, validate_event
from tests.canned_server import served
from tests.configuring import secret
from tests.contract.function_sources import aws_actions, reached, variables_read
from tests.contract.sam_template import FUNCTIONS, module_of
from workflows.adapters import aws
from workflows.adapters.rehearsal import rehearse
from workflows.bootstrap.samples import EVENT, VALIDATED

PURE = {"NameDevice", "ValidateEvent"}
# Each costs more to import than what a function would use of it.
UNUSED = {
    *("boto3", "s3transfer"),
    *(f"aws_lambda_powertools.utilities.{part}" for part in ("batch", "data_classes", "parameters", "parser")),
}
# Configure works for CloudFormation, and Reconcile for minutes: neither is traced. The others call out.
UNTRACED = {*PURE, "Configure", "Reconcile", "Reconfigure"}
# What others write: registry events, the webhook's calls, orders, and shadows, which devices may write.
VALIDATING = {
    *("Ingest", "MirrorDevice", "ReceiveActivity", "Reconcile", "ValidateEvent"),
    *("ReportFailure", "ReportOutcome", "ReportRejection"),
}
IAM_TO_CLIENT = {"states": "stepfunctions", "events": "events", "lambda": "lambda_functions"}
# Few things refer to Parameter Store, and its client takes as long to make as all the others of a function.
WAITING = {"ssm"}
SHADOWS = {"iot:GetThingShadow", "iot:UpdateThingShadow", "iot:DeleteThingShadow"}
# What reads a secret before the first event.
READING = {"things_stack": "API_KEY_SECRET_ARN", "registration": "FINGERPRINT_SECRET_ARN"}

INIT = """
import gc, json, os, ssl, sys
contexts, collected = [], []
gc.callbacks.append(lambda phase, _: collected.append(phase))
made = ssl.create_default_context
ssl.create_default_context = lambda *given: contexts.append(given) or made(*given)
import functions
collected.clear()
import functions.{function}
clients = {{}}
if "workflows.adapters.aws" in sys.modules:
    from workflows.adapters import aws
    clients = {{name: getattr(each, "cache_info", lambda: None)() for name, each in vars(aws).items()}}
made = [name for name, info in clients.items() if info and info.currsize]
print(json.dumps(dict(modules=sorted(sys.modules), clients=made, contexts=len(contexts), collected=len(collected),
    collecting=gc.isenabled(), left_alone=gc.get_freeze_count())))
"""
FIRST_CALL = """
import functions.{function}
try:
    functions.{function}.handler(None, None)
except Exception as error:
    print(type(error).__name__, error)
"""


def ran(program, **variables):
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd()), "AWS_REGION": "eu-west-1"}
    credentials = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    # With its name and folder a function is traced: what X-Ray's SDK has to say would be in the log.
    traced = {"AWS_LAMBDA_FUNCTION_NAME": "any", "LAMBDA_TASK_ROOT": str(Path.cwd())}
    lambdas = {"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "AWS_DEFAULT_REGION": "eu-west-1", **traced}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**environment, **credentials, **lambdas, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout, done.stderr


@cache
def started(function):
    """Return what is there when the function's init phase ends, the secrets that it asked for, and what it logged."""
    with served() as server:
        server.replies.extend(secret("NNSXS.ANY.K3Y") for _ in READING)
        program = INIT.format(function=module_of(function).stem)
        found, told = ran(program, **variables_of(function), AWS_ENDPOINT_URL=server.address)
    return json.loads(found), [body["SecretId"] for _, _, body in server.asked], told


def variables_of(function):
    variables = dict.fromkeys(variables_read(module_of(function)), "1")
    addresses = {"CLUSTER_ADDRESS": "eu1.example.com", "CERTIFICATE_AUTHORITY_SECRET_ARN": "arn:authorities"}
    arns = {name: f"arn:{name}" for name in READING.values()}
    return {**variables, **{name: text for name, text in (addresses | arns).items() if name in variables}}


def clients_of(function):
    """Return the clients that the function's calls need, by their names in ``workflows.adapters.aws``."""
    actions = aws_actions(module_of(function))
    shadows = {"iot_data"} if actions & SHADOWS else set()
    services = {action.partition(":")[0] for action in actions - SHADOWS}
    return {IAM_TO_CLIENT.get(service, service) for service in services - WAITING} | shadows


def bootstrap_of(function):
    return {path.stem for path in reached(module_of(function)) if path.parent.name == "bootstrap"}


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_no_function_loads_what_it_does_not_use(function):
    names = set(started(function)[0]["modules"])

    assert names & UNUSED == set()
    assert ("marshmallow" in names) == (function in VALIDATING)
    assert ("aws_xray_sdk" in names) == (function not in UNTRACED)
    assert ("botocore" in names) == (function not in PURE)


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_all_is_made_before_the_first_event_and_nobody_but_its_secrets_is_asked_for(function):
    (found, asked, told), parts = started(function), bootstrap_of(function)

    assert {*found["clients"]} - {"session"} == clients_of(function)
    # The stack of these variables has authorities of its own, which the first call reads: those functions wait.
    assert found["contexts"] == (1 if parts & {"configuring", "reconciling"} else 0)
    assert sorted(asked) == sorted(f"arn:{name}" for part, name in READING.items() if part in parts)
    assert told == ""


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_garbage_is_looked_for_in_calls_alone_and_among_what_they_make(function):
    found = started(function)[0]

    assert (found["collected"], found["collecting"]) == (0, True)
    assert found["left_alone"] > 10_000


@pytest.mark.parametrize("function", ["CreateDevice", "MirrorDevice", "RemoveDevice"])
def test_where_the_public_authorities_suffice_they_are_read_before_the_first_event(function):
    variables = variables_of(function) | {"CERTIFICATE_AUTHORITY_SECRET_ARN": "", "AWS_ENDPOINT_URL": "http://[::1]:9"}

    found, _ = ran(INIT.format(function=module_of(function).stem), **variables)

    assert json.loads(found)["contexts"] == 1


@pytest.mark.parametrize("function", ["Reconfigure", "ValidateEvent"])
def test_a_function_without_its_variables_says_which_at_the_first_call(function):
    said, _ = ran(FIRST_CALL.format(function=module_of(function).stem))

    assert said.startswith("StackConfigurationError The function lacks the environment variables STACK_NAME, ")


@pytest.fixture
def server(monkeypatch):
    with served() as canned:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.setenv(name, "testing")
        monkeypatch.setenv("AWS_ENDPOINT_URL", canned.address)
        monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
        yield canned


SERVICES = ["cloudformation", "dynamodb", "events", "iot", "iot-data", "lambda", "logs", "secretsmanager", "sqs"]


@pytest.mark.parametrize("service", [*SERVICES, "stepfunctions"])
def test_a_rehearsal_succeeds_and_sends_nothing(server, service):
    rehearse(aws.session().create_client(service))

    assert server.requests == []


def test_after_a_rehearsal_calls_are_sent(server):
    client: Any = aws.session().create_client("secretsmanager")
    rehearse(client)
    server.replies.append(secret("any"))

    assert client.get_secret_value(SecretId="arn")["SecretString"] == "any"


def test_what_pure_functions_rehearse_with_is_what_they_read(monkeypatch):
    for name in ("STACK_NAME", "THING_TYPE_NAME"):
        monkeypatch.setenv(name, "none")

    validated = validate_event.handler(EVENT, None)

    assert (validated["relevance"], validated["problems"], validated["missing"]) == ("ours", {}, {})
    assert validated["thing"] == VALIDATED["thing"]
    assert name_device.handler(VALIDATED, None) == "none"
