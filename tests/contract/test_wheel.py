"""The wheel that brings the command to machines without this checkout."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile
from email.parser import HeaderParser
from pathlib import Path

import pytest

PROJECT = tomllib.loads(Path("pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    hatchling = Path(sys.executable).parent / "hatchling"
    subprocess.run([hatchling, "build", "--target", "wheel", "--directory", folder], check=True, capture_output=True)
    [file] = folder.glob("*.whl")
    with zipfile.ZipFile(file) as opened:
        opened.extractall(folder / "installed")
    return folder / "installed"


def run(wheel, tmp_path, *arguments, **environment):
    """Run the command as it is in the wheel, with the libraries of these tests, far from the checkout."""
    program = "import sys, operate.app; sys.argv[0] = 'thingsync'; operate.app.main()"
    own = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONPATH": str(wheel), "COLUMNS": "80"}
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        cwd=tmp_path,
        env={**own, "AWS_EC2_METADATA_DISABLED": "true", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_holds_the_command_and_what_the_command_needs(wheel):
    [information] = wheel.glob("thingsync-*.dist-info")
    metadata = HeaderParser().parsestr((information / "METADATA").read_text())
    held = {path.name for path in wheel.iterdir()}

    assert held == {"operate", "workflows", information.name}
    assert "thingsync = operate.app:main" in (information / "entry_points.txt").read_text()
    asked_for = {re.split("[<>=]", each)[0] for each in metadata.get_all("Requires-Dist")}
    assert asked_for == {re.split("[<>=]", each)[0] for each in PROJECT["dependencies"]}
    assert {path.name for path in (wheel / "operate/json_schemas").iterdir()} == {
        path.name for path in Path("operate/json_schemas").iterdir()
    }


def test_the_command_loads_no_library_that_the_wheel_does_not_ask_for(wheel, tmp_path):
    program = "import operate.app, sys; print(*{name.split('.')[0] for name in sys.modules})"
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(wheel)}

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )

    assert {*done.stdout.split()} & {"aws_lambda_powertools", "aws_xray_sdk", "local", "functions", "tests"} == set()


def test_it_says_its_version_and_its_help(wheel, tmp_path):
    assert run(wheel, tmp_path, "--version").stdout == f"thingsync {PROJECT['version']}\n"
    assert "Usage: thingsync [OPTIONS] COMMAND" in run(wheel, tmp_path, "--help").stdout


@pytest.mark.parametrize(
    ("arguments", "exit_code", "text"),
    [
        pytest.param(["status"], 3, "There are no AWS credentials. Name a profile", id="no account"),
        pytest.param(["--local", "status"], 2, "--local needs a checkout of Thingsync", id="no local cloud"),
    ],
)
def test_what_is_missing_is_said_in_a_sentence(wheel, tmp_path, arguments, exit_code, text):
    done = run(wheel, tmp_path, *arguments, AWS_REGION="eu-west-1")

    assert (done.returncode, done.stdout) == (exit_code, "")
    assert done.stderr.startswith(text)
    assert "Traceback" not in done.stderr
