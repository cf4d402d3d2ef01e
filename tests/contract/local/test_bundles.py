"""What `make build-<LogicalId>` makes for AWS and for this machine."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FUNCTIONS = sorted(file.stem for file in (ROOT / "functions").glob("[!_]*.py"))
IMPORT_ALL = "import importlib, sys; sys.path.insert(0, '.'); [importlib.import_module(m) for m in sys.argv[1:]]"
AARCH64 = 183  # e_machine of an ELF file


def build(folder, variant):
    subprocess.run(
        ["make", "build-IngestFunction", f"ARTIFACTS_DIR={folder}", f"THINGSYNC_BUILD={variant}"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return folder


def test_every_function_imports_from_its_bundle_alone(tmp_path):
    bundle = build(tmp_path, "local")
    modules = [f"functions.{name}" for name in FUNCTIONS]

    imported = subprocess.run(
        [sys.executable, "-S", "-P", "-c", IMPORT_ALL, *modules],
        cwd=bundle,
        env={"PATH": os.environ["PATH"], "AWS_DEFAULT_REGION": "eu-west-1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert imported.stderr == ""


def test_every_library_of_the_bundle_for_aws_is_for_python_3_13_on_arm64(tmp_path):
    libraries = sorted(build(tmp_path, "").rglob("*.so"))

    machines = {int.from_bytes(library.read_bytes()[18:20], "little") for library in libraries}

    assert libraries
    assert machines == {AARCH64}
    assert [library.name for library in libraries if "cpython-313-aarch64-linux-gnu" not in library.name] == []


@pytest.mark.parametrize("unwanted", ["local", "tests", "botocore/data/ec2", "boto3/examples"])
def test_what_no_function_needs_stays_out(tmp_path, unwanted):
    bundle = build(tmp_path, "local")

    assert (bundle / "botocore/data/iot").is_dir()
    assert not (bundle / unwanted).exists()
