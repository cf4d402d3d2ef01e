"""Each function has the variables that it reads, and no others."""

import ast
import pathlib

import pytest

from tests.contract.function_sources import parsed, variables_read
from tests.contract.sam_template import FUNCTIONS, PARAMETERS, RESOURCES, TEMPLATE, module_of, values_in

of_all_functions = TEMPLATE["Globals"]["Function"]["Environment"]["Variables"]
SECRET_PARAMETERS = {name for name, one in PARAMETERS.items() if one.get("NoEcho")}


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_a_function_gets_exactly_the_variables_it_reads(function):
    given = FUNCTIONS[function].get("Environment", {}).get("Variables", {})

    assert set(given) == variables_read(module_of(function))


def test_the_variables_of_all_functions_are_those_of_powertools():
    assert of_all_functions == {"POWERTOOLS_LOG_LEVEL": "INFO"}


def test_only_the_settings_read_the_environment():
    readers = {
        path
        for room in ("functions", "workflows")
        for path in pathlib.Path(room).rglob("*.py")
        if any(
            isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv") for node in ast.walk(parsed(path))
        )
    }

    assert readers == {pathlib.Path("workflows/settings.py")}


def test_functions_that_the_machine_calls_build_its_arn_from_its_name():
    """A reference would go round in a circle: the machine names them."""
    machine = {
        "Fn::Sub": "arn:${AWS::Partition}:states:${AWS::Region}:${AWS::AccountId}:stateMachine:${AWS::StackName}"
    }
    given = {name: one.get("Environment", {}).get("Variables", {}) for name, one in FUNCTIONS.items()}
    arns = {
        name: variables["STATE_MACHINE_ARN"] for name, variables in given.items() if "STATE_MACHINE_ARN" in variables
    }

    assert RESOURCES["StateMachine"]["Properties"]["StateMachineName"] == {"Ref": "AWS::StackName"}
    assert arns.pop("Ingest") == {"Ref": "StateMachine"}
    assert {str(arn) for arn in arns.values()} == {str(machine)}


def test_a_secret_parameter_goes_into_a_secret_and_nowhere_else():
    users = [
        name
        for name, resource in RESOURCES.items()
        for value in values_in(resource)
        if value in [{"Ref": secret} for secret in SECRET_PARAMETERS]
    ]

    assert users == ["ApplicationApiKeySecret"]
    assert RESOURCES["ApplicationApiKeySecret"]["Properties"]["SecretString"] == {"Ref": "ApplicationApiKey"}
    assert not any(value == {"Ref": "ApplicationApiKey"} for value in values_in(TEMPLATE["Outputs"]))
