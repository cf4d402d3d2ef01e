"""Template, state machine and modules name the same steps."""

import ast
import json
import pathlib
import re

import pytest

from tests.contract.function_sources import parsed
from tests.contract.sam_template import FUNCTIONS, RESOURCES, TEMPLATE, module_of

DEFINITION = pathlib.Path("statemachine.asl.json").read_text()
STATES = json.loads(DEFINITION)["States"]
MACHINE = RESOURCES["StateMachine"]["Properties"]

TASKS = {name for name, state in STATES.items() if state["Type"] == "Task" and "FunctionArn" in state["Resource"]}
OUTSIDE_THE_MACHINE = {
    "Ingest",
    "Configure",
    "Reconfigure",
    "PublishFacts",
    "AuthorizeActivity",
    "RemoveKeys",
    "ReceiveActivity",
    "MirrorDevice",
    "Reconcile",
}


def snake_case(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def test_every_state_that_works_has_its_function_and_no_function_lacks_a_state():
    assert set(FUNCTIONS) == TASKS | OUTSIDE_THE_MACHINE


@pytest.mark.parametrize("state", sorted(TASKS))
def test_a_state_calls_the_function_of_its_name(state):
    assert STATES[state]["Resource"] == f"${{{state}FunctionArn}}"
    assert MACHINE["DefinitionSubstitutions"][f"{state}FunctionArn"] == {"Fn::GetAtt": [f"{state}Function", "Arn"]}


@pytest.mark.parametrize("function", sorted(FUNCTIONS))
def test_a_function_has_the_module_of_its_name_with_a_handler(function):
    defined = {node.name for node in parsed(module_of(function)).body if isinstance(node, ast.FunctionDef)}

    assert FUNCTIONS[function]["Handler"] == f"functions.{snake_case(function)}.handler"
    assert "handler" in defined


def test_no_module_of_the_functions_is_left_out():
    written = {path for path in pathlib.Path("functions").glob("*.py") if path.name != "__init__.py"}

    assert {module_of(function) for function in FUNCTIONS} == written


def test_the_definition_is_substituted_wholly_and_with_nothing_else():
    assert set(re.findall(r"\$\{(\w+)\}", DEFINITION)) == set(MACHINE["DefinitionSubstitutions"])


def test_the_machine_is_the_file_beside_the_template():
    assert MACHINE["DefinitionS3Location"] == "statemachine.asl.json"
    assert MACHINE["StateMachineType"] == "STANDARD"


def test_arns_name_no_partition_of_their_own():
    assert "arn:aws" not in json.dumps(TEMPLATE)
    assert "arn:aws" not in DEFINITION
