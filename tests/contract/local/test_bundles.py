"""What `make build-<LogicalId>` makes for AWS and for this machine."""

import importlib.util
import json
import marshal
import os
import re
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from deploying.libraries import CALLED

ROOT = Path(__file__).parents[3]
FUNCTIONS = sorted(file.stem for file in (ROOT / "functions").glob("[!_]*.py"))
IMPORT_ALL = "import importlib; [importlib.import_module(m) for m in sys.argv[1:]]"
ENDPOINTS = """
import json, botocore.session
session, regions = botocore.session.get_session(), sys.argv[2:]
made = [session.create_client(name, region_name=region) for name in json.loads(sys.argv[1]) for region in regions]
print(json.dumps([client.meta.endpoint_url for client in made]))
"""
REGIONS = ["eu-west-1", "us-east-1", "us-gov-west-1", "cn-north-1"]
AARCH64 = 183  # e_machine of an ELF file


HEADER = 16  # bytes before a .pyc's code: magic number, flags, hash
NEVER_ASKS_FOR_ITS_SOURCE = (1).to_bytes(4, "little")


def make(folder, variant, *more):
    words = ["make", "build-IngestFunction", f"ARTIFACTS_DIR={folder}", f"THINGSYNC_BUILD={variant}", *more]
    return subprocess.run(words, cwd=ROOT, check=True, capture_output=True, text=True)


def build(folder, variant):
    make(folder, variant)
    return folder


def in_bundle(bundle, program, *arguments):
    """Run a program with what is in the bundle alone, as Lambda does."""
    return subprocess.run(
        [sys.executable, "-S", "-P", "-B", "-c", f"import sys; sys.path.insert(0, '.'); {program}", *arguments],
        cwd=bundle,
        # Without this folder the X-Ray SDK would make a client for which the bundle has no data.
        env={"PATH": os.environ["PATH"], "AWS_DEFAULT_REGION": "eu-west-1", "LAMBDA_TASK_ROOT": str(bundle)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    return build(tmp_path_factory.mktemp("bundle"), "local")


def test_every_function_imports_from_its_bundle_alone(bundle):
    modules = [f"functions.{name}" for name in FUNCTIONS]

    assert in_bundle(bundle, IMPORT_ALL, *modules).stderr == ""


def test_every_module_of_a_bundle_is_compiled_and_never_looks_for_its_source_again(bundle):
    modules = list(bundle.rglob("*.py"))

    compiled = {module: Path(importlib.util.cache_from_source(module)).read_bytes() for module in modules}

    assert {content[:4] for content in compiled.values()} == {importlib.util.MAGIC_NUMBER}
    assert {content[4:8] for content in compiled.values()} == {NEVER_ASKS_FOR_ITS_SOURCE}
    codes = {module: marshal.loads(content[HEADER:]) for module, content in compiled.items()}
    assert [code.co_filename for code in codes.values()] == [
        f"/var/task/{module.relative_to(bundle)}" for module in codes
    ]


def test_two_builds_with_the_same_python_are_the_same(bundle, tmp_path):
    other = build(tmp_path, "local")

    one, again = (
        {file.relative_to(each): file.read_bytes() for file in each.rglob("*") if file.is_file()}
        for each in (bundle, other)
    )
    assert one == again


def test_without_lambdas_python_a_bundle_holds_sources_alone_and_the_build_says_what_that_costs(tmp_path):
    said = make(tmp_path, "", f"PYTHON_OF_LAMBDA={sys.executable}-missing").stderr

    assert "has no bytecode, and functions start three times as slowly. Install Python 3.13, or name it: make" in said
    assert list(tmp_path.rglob("*.pyc")) == []


def test_clients_of_a_bundle_find_the_endpoints_that_boto3_finds(bundle):
    services = sorted(CALLED)

    found = in_bundle(bundle, ENDPOINTS, json.dumps(services), *REGIONS)

    assert found.stderr == ""
    assert json.loads(found.stdout) == [
        boto3.client(service, region_name=region).meta.endpoint_url for service in services for region in REGIONS
    ]


def test_one_rule_that_asks_for_no_name_builds_every_function():
    """So the local cloud builds once for all."""
    [rule] = re.findall(r"^build-\S+:.*\n(?:\t.*\n)+", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert rule.startswith("build-%:")
    assert "$*" not in rule


def test_every_library_of_the_bundle_for_aws_is_for_python_3_13_on_arm64(tmp_path):
    libraries = sorted(build(tmp_path, "").rglob("*.so"))

    machines = {int.from_bytes(library.read_bytes()[18:20], "little") for library in libraries}

    assert libraries
    assert machines == {AARCH64}
    assert [library.name for library in libraries if "cpython-313-aarch64-linux-gnu" not in library.name] == []


@pytest.mark.parametrize("unwanted", ["local", "tests", "botocore/data/ec2", "boto3/examples"])
def test_what_no_function_needs_stays_out(bundle, unwanted):
    assert (bundle / "botocore/data/iot").is_dir()
    assert not (bundle / unwanted).exists()
