"""What each room may know and how large things may grow: rules that a reader can rely on because a test holds them."""

import ast
import json
import subprocess
import sys

import pytest

from tests.contract.source_code import defined_names, files, functions, imports, length, nodes, words

ABOVE_THE_DOMAIN = {"ports", "domain", "errors"}
# Room -> the rooms it may import from, itself aside. Every arrow points down, so there is no way round.
MAY_IMPORT = {
    "functions": {"bootstrap", "adapters", "steps", "observability", "schemas", "settings"} | ABOVE_THE_DOMAIN,
    "operate": {"bootstrap", "adapters", "steps", "schemas", "settings"} | ABOVE_THE_DOMAIN,
    "bootstrap": {"adapters", "steps", "observability", "schemas", "settings"} | ABOVE_THE_DOMAIN,
    "adapters": {"schemas"} | ABOVE_THE_DOMAIN,
    "steps": {"schemas"} | ABOVE_THE_DOMAIN,
    "observability": {"settings", "domain", "errors"},
    "schemas": {"domain", "errors"},
    "settings": {"errors"},
    "ports": {"domain", "errors"},
    "domain": {"errors"},
    "errors": set(),
}
# No os, json, logging, time, random or uuid: what a pure function cannot do.
PURE_ROOMS = {"ports", "domain", "errors"}
PURE_LIBRARIES = {
    "collections.abc",
    "dataclasses",
    "datetime",
    "functools",
    "hashlib",
    "hmac",
    "itertools",
    "re",
    "typing",
}
CLOCKS = {"now", "utcnow", "today"}

# Library -> the only places that import it.
HOMES = {
    "boto3": ["workflows/adapters/", "operate/adapters/"],
    "botocore": ["workflows/adapters/", "operate/adapters/"],
    "typer": ["operate/app.py", "operate/commands/", "operate/rendering/console.py"],
    "rich": ["operate/rendering/console.py"],
    "urllib3": ["workflows/adapters/things_stack/", "workflows/adapters/stack_answers.py"],
    "aws_xray_sdk": ["workflows/observability/tracing.py"],
    "aws_lambda_powertools": [
        "workflows/observability/",
        "workflows/adapters/secrets.py",
        "functions/ingest.py",
        "functions/mirror_device.py",
    ],
    "marshmallow": ["workflows/schemas/"],
    "orjson": ["workflows/schemas/", "workflows/adapters/"],
    "os": ["workflows/settings.py", "operate/app.py"],
}

BANNED = {"utils", "data", "info", "manager"}
# Names that others have given.
GIVEN = {
    "iot_data",  # an AWS service
    "SecretsManagerDeviceSecrets",  # an AWS service
    "data",  # a parameter of marshmallow's Field._deserialize
}

PRODUCT = files("functions", "workflows", "operate")
HANDLERS = files("functions")
each_file = pytest.mark.parametrize("path", PRODUCT, ids=str)
each_handler = pytest.mark.parametrize("path", HANDLERS, ids=str)


def room_of(path):
    return path.parts[0] if path.parts[0] in ("functions", "operate") else path.with_suffix("").parts[1]


def room_of_import(name):
    """The room that a dotted name is in, None for what is not the project's."""
    top, *rest = name.split(".")
    return {"functions": "functions", "operate": "operate", "workflows": rest[0] if rest else None}.get(top)


@each_file
def test_imports_run_one_way(path):
    room = room_of(path)
    rooms = {room_of_import(name) for name in imports(path)} - {None, room}

    assert rooms <= MAY_IMPORT[room]


@pytest.mark.parametrize("room", MAY_IMPORT)
def test_no_arrow_turns_back(room):
    ahead, reached = [*MAY_IMPORT[room]], set()
    while ahead:
        reached.add(ahead.pop())
        ahead += [below for each in reached for below in MAY_IMPORT[each] if below not in reached]

    assert room not in reached


@each_handler
def test_no_function_imports_another(path):
    assert [name for name in imports(path) if name.startswith("functions")] == []


@pytest.mark.parametrize("path", files("local"), ids=str)
def test_the_local_cloud_stands_beside_the_product(path):
    assert [
        name for name in imports(path) if name.split(".")[0] in ("functions", "workflows", "operate", "tests")
    ] == []


@each_file
def test_the_product_knows_neither_local_cloud_nor_tests(path):
    assert [name for name in imports(path) if name.split(".")[0] in ("local", "tests")] == []


@pytest.mark.parametrize("path", [path for path in PRODUCT if room_of(path) in PURE_ROOMS], ids=str)
def test_the_domain_sees_the_standard_library_alone_and_no_clock(path):
    modules = {name.rpartition(".")[0] or name for name in imports(path) if room_of_import(name) is None}
    called = {node.func.attr for node in nodes(path, ast.Call) if isinstance(node.func, ast.Attribute)}

    assert modules <= PURE_LIBRARIES
    assert called & CLOCKS == set()


@pytest.mark.parametrize("path", files("operate/views"), ids=str)
def test_what_the_command_tells_is_made_without_calls_and_clocks(path):
    names = imports(path)
    own = {name for name in names if name.startswith("operate.")}
    modules = {name.rpartition(".")[0] or name for name in names if room_of_import(name) is None}
    called = {node.func.attr for node in nodes(path, ast.Call) if isinstance(node.func, ast.Attribute)}

    assert {name for name in own if not name.startswith(("operate.views.", "operate.errors."))} == set()
    assert {room_of_import(name) for name in names} <= {None, "operate", "domain", "ports", "schemas", "errors"}
    assert modules <= PURE_LIBRARIES | {"collections", "fnmatch", "json"}
    assert called & CLOCKS == set()


@each_file
def test_libraries_stay_where_they_are_at_home(path):
    used = {name.split(".")[0] for name in imports(path)} & HOMES.keys()

    assert [library for library in used if not any(path.is_relative_to(home) for home in HOMES[library])] == []


@pytest.mark.parametrize("library", HOMES)
def test_every_home_is_lived_in(library):
    users = [path for path in PRODUCT if library in {name.split(".")[0] for name in imports(path)}]

    assert [home for home in HOMES[library] if not any(path.is_relative_to(home) for path in users)] == []


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
    """Slots, too, unless a property is kept once it is known, which needs a place that slots do not have."""
    classes = [(node, [ast.unparse(each) for each in node.decorator_list]) for node in nodes(path, ast.ClassDef)]
    dataclasses = [(node, each) for node, decorators in classes for each in decorators if each.startswith("dataclass")]

    assert [node.name for node, decorator in dataclasses if decorator != _how_it_is_kept(node)] == []


def _how_it_is_kept(node):
    keeps = any(isinstance(each, ast.Name) and each.id == "cached_property" for each in ast.walk(node))
    return "dataclass(frozen=True)" if keeps else "dataclass(frozen=True, slots=True)"


@pytest.mark.parametrize("path", files("functions", "workflows", "operate", "local"), ids=str)
def test_files_and_functions_stay_small(path):
    assert len(path.read_text().splitlines()) <= 250
    assert [node.name for node in functions(path) if length(node) > 30] == []


TESTS = files("tests")


@pytest.mark.parametrize("path", TESTS, ids=str)
def test_every_expected_error_is_told_by_its_text(path):
    raises = [node for node in nodes(path, ast.Call) if ast.unparse(node.func) == "pytest.raises"]

    assert [node.lineno for node in raises if "match" not in {keyword.arg for keyword in node.keywords}] == []


@pytest.mark.parametrize("path", TESTS, ids=str)
def test_no_test_is_skipped_and_nothing_is_mocked(path):
    assert [name for name in imports(path) if name.startswith("unittest.mock")] == []
    assert [node.lineno for node in nodes(path, ast.Attribute) if node.attr in ("skip", "skipif", "xfail")] == []


@pytest.mark.parametrize("path", [path for path in TESTS if path.parts[1] in ("unit", "fakes", "ports")], ids=str)
def test_unit_tests_need_neither_network_nor_patching(path):
    assert {name.split(".")[0] for name in imports(path)} & {"moto", "boto3", "botocore", "socket", "urllib3"} == set()
    assert "setattr" not in {node.attr for node in nodes(path, ast.Attribute)}


def test_every_room_has_its_rules():
    assert {room_of(path) for path in PRODUCT} == MAY_IMPORT.keys()
