"""A function's instance: what it may not load, what is ready when its init phase ends, and what it then says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.function_sources import aws_actions, variables_read
from tests.contract.sam_template import FUNCTIONS, module_of

# Each costs more to import than what a function would use of it.
UNUSED = {"asyncio", "aws_xray_sdk", "boto3", "multiprocessing", "s3transfer", "wrapt"}
IAM_TO_CLIENT = {"states": "stepfunctions", "events": "events", "lambda": "lambda_functions"}
# Few things refer to Parameter Store, and its client takes as long to make as all the others of a function.
WAITING = {"ssm"}
SHADOWS = {"iot:GetThingShadow", "iot:UpdateThingShadow", "iot:DeleteThingShadow"}

LOADED = "import json, sys; {imports}; print(json.dumps(sorted(sys.modules)))"
INIT = """
import json, sys
connects = []
sys.addaudithook(lambda event, given: connects.append(event) if event == "socket.connect" else None)
import functions.{function}
made = {{}}
if "workflows.adapters.aws" in sys.modules:
    from workflows.adapters import aws
    made = {{name: getattr(each, "cache_info", lambda: None)() for name, each in vars(aws).items()}}
print(json.dumps([[name for name, info in made.items() if info and info.currsize], connects]))
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
    lambdas = {"AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand", "AWS_DEFAULT_REGION": "eu-west-1"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**environment, **credentials, **lambdas, **variables},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def clients_of(function):
    """Return the clients that the function's calls need, by their names in ``workflows.adapters.aws``."""
    actions = aws_actions(module_of(function))
    shadows = {"iot_data"} if actions & SHADOWS else set()
    services = {action.partition(":")[0] for action in actions - SHADOWS}
    return {IAM_TO_CLIENT.get(service, service) for service in services - WAITING} | shadows


def test_no_function_loads_what_it_does_not_use():
    imports = "import " + ", ".join(f"functions.{module_of(function).stem}" for function in FUNCTIONS)

    loaded = {name.split(".")[0] for name in json.loads(ran(LOADED.format(imports=imports)))}

    assert loaded & UNUSED == set()


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_its_clients_are_made_before_the_first_event_and_nobody_is_called(function):
    path = module_of(function)
    variables = dict.fromkeys(variables_read(path), "1")
    addresses = {"CLUSTER_ADDRESS": "eu1.example.com", "CERTIFICATE_AUTHORITY_SECRET_ARN": "arn:authorities"}
    variables |= {name: text for name, text in addresses.items() if name in variables}

    made, connects = json.loads(ran(INIT.format(function=path.stem), **variables))

    assert {*made} - {"session"} == clients_of(function)
    assert connects == []


@pytest.mark.parametrize("function", ["Reconfigure", "ValidateEvent"])
def test_a_function_without_its_variables_says_which_at_the_first_call(function):
    said = ran(FIRST_CALL.format(function=module_of(function).stem))

    assert said.startswith("StackConfigurationError The function lacks the environment variables STACK_NAME, ")
