"""House rules that no tool knows: how large things may grow, what functions and names must not be.

Who may import what, and which calls have a home, is in pyproject.toml: `make check` holds it.
"""

import ast
import json
import re
import subprocess
import sys

import pytest

from tests.contract.source_code import ROOMS, defined_names, files, functions, length, nodes, words

BANNED = {"utils", "data", "info", "manager"}
# Names that others have given.
GIVEN = {
    "iot_data",  # an AWS service
    "SecretsManagerDeviceSecrets",  # an AWS service
    "ping_slot_data_rate_index",  # LoRaWAN's
    "rx1_data_rate_offset",
    "rx2_data_rate_index",
    "data",  # a parameter of marshmallow's Field._deserialize
}

# A command of ours whose thing comes next.
_COMMAND = re.compile(r"thingsync (status|history|replay|restore|set|reconcile( --apply)?) $")

PRODUCT = files("functions", "workflows", "operate")
HANDLERS = files("functions")
each_file = pytest.mark.parametrize("path", PRODUCT, ids=str)
each_handler = pytest.mark.parametrize("path", HANDLERS, ids=str)


@pytest.mark.parametrize("function", ["validate_event", "name_device"])
def test_a_pure_function_loads_no_sdk(function):
    program = f"import json, sys, functions.{function}; print(json.dumps(sorted(sys.modules)))"

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    loaded = {name.split(".")[0] for name in json.loads(done.stdout)}
    assert loaded & {"boto3", "botocore", "aws_xray_sdk", "urllib3", "aws_lambda_powertools"} == set()


@each_handler
def test_a_function_parses_calls_and_dumps_in_25_lines(path):
    assert len([line for line in path.read_text().splitlines() if line.strip()]) <= 25


@each_handler
def test_a_function_decides_nothing(path):
    """Asking whether a field is there at all decides nothing about the thing."""
    asked = [node.test for node in nodes(path, ast.If, ast.IfExp)]

    assert [ast.unparse(test) for test in asked if not _asks_for_a_field(test)] == []
    assert nodes(path, ast.For, ast.While, ast.Match, ast.Try) == []


def _asks_for_a_field(test):
    return isinstance(test, ast.Compare) and ast.unparse(test).endswith(" in event")


@each_file
def test_no_name_is_one_that_says_nothing(path):
    names = defined_names(path) - GIVEN

    assert [name for name in names if words(name) & BANNED or name.startswith(("process_", "handle_"))] == []


@each_file
def test_what_is_known_does_not_change(path):
    """Classes are values, unless a property is cached: that needs a `__dict__`."""
    classes = [(node, [ast.unparse(each) for each in node.decorator_list]) for node in nodes(path, ast.ClassDef)]
    dataclasses = [(node, each) for node, decorators in classes for each in decorators if each.startswith("dataclass")]

    assert [node.name for node, each in dataclasses if each != "dataclass(frozen=True)" or not _caches(node)] == []


def _caches(node):
    return any(isinstance(each, ast.Name) and each.id == "cached_property" for each in ast.walk(node))


@pytest.mark.parametrize("path", files(*ROOMS), ids=str)
def test_files_and_functions_stay_small(path):
    assert len(path.read_text().splitlines()) <= 400
    assert [node.name for node in functions(path) if length(node) > 30] == []


@pytest.mark.parametrize("path", files("tests/unit", "tests/fakes", "tests/ports"), ids=str)
def test_unit_tests_patch_nothing(path):
    assert "setattr" not in {node.attr for node in nodes(path, ast.Attribute)}


@each_file
def test_a_command_in_a_text_quotes_the_name_of_its_thing(path):
    """The name of a thing may begin with a dash: ``argument`` keeps it from being an option."""
    named = [
        ast.unparse(value)
        for text in nodes(path, ast.JoinedStr)
        for before, value in zip(text.values, text.values[1:], strict=False)
        if _COMMAND.search(getattr(before, "value", "") if isinstance(before, ast.Constant) else "")
    ]

    assert [each for each in named if not each.startswith("{argument(")] == []
