"""`make deploy`: what it asks SAM for, and where it refuses to go."""

import os
import pathlib
import re
import shutil
import subprocess

import pytest

ARGS = "ARGS=--region eu-west-1 --parameter-overrides file://parameters.yaml"


def make(*words, folder=".", **environment):
    """Run make as a user does, whatever called these tests."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "AWS_"))}
    return subprocess.run(
        ["make", *words], cwd=folder, env={**own, **environment}, capture_output=True, text=True, check=False
    )


def deployment(folder, *words):
    """Return the options of `sam deploy`, which is not run."""
    done = make("--dry-run", "deploy", *words, folder=folder)
    commands = done.stdout.replace("\\\n", " ").splitlines()
    [found] = [line.split(" deploy ")[1].split() for line in commands if "/sam deploy " in line]
    return found


@pytest.fixture
def checkout(tmp_path):
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(name, tmp_path)
    shutil.copytree("requirements", tmp_path / "requirements")
    return tmp_path


def test_the_first_deployment_asks_and_offers_the_name_that_the_command_expects(checkout):
    options = deployment(checkout)

    assert options[-3:] == ["--stack-name", "thingsync", "--guided"]
    assert options[options.index("--on-failure") + 1] == "DELETE"


def test_later_ones_ask_nothing_and_change_only_what_the_file_says(checkout):
    (checkout / "samconfig.toml").touch()

    options = deployment(checkout)

    assert {"--guided", "--stack-name", "--parameter-overrides"} & {*options} == set()
    assert "--no-fail-on-empty-changeset" in options


def test_a_machine_deploys_by_arguments(checkout):
    options = deployment(checkout, ARGS)

    assert "--guided" not in options
    assert " ".join(options).endswith(f"--stack-name thingsync --resolve-s3 {ARGS.removeprefix('ARGS=')}")


def test_arguments_add_to_the_file(checkout):
    (checkout / "samconfig.toml").touch()

    assert deployment(checkout, ARGS)[-4:] == ARGS.removeprefix("ARGS=").split()
    assert "--stack-name" not in deployment(checkout, ARGS)


@pytest.mark.parametrize(
    ("variable", "address"),
    [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:4566"),
        ("AWS_ENDPOINT_URL", "http://localhost:4566"),
        ("AWS_ENDPOINT_URL", "http://aws.localhost:4566"),
        ("AWS_ENDPOINT_URL_CLOUDFORMATION", "http://[::1]:4566"),
    ],
)
def test_a_shell_that_points_at_a_local_cloud_deploys_nothing(variable, address):
    done = make("not-local", **{variable: address, "AWS_ACCESS_KEY_ID": "LOCAL"})

    assert done.returncode != 0
    assert f"{variable} points at a cloud on this machine" in done.stderr
    assert f"unset AWS_ACCESS_KEY_ID {variable}\n" in done.stderr


@pytest.mark.parametrize(
    "address", ["", "https://vpce-1.cloudformation.eu-west-1.vpce.amazonaws.com", "http://10.0.0.1"]
)
def test_any_other_address_is_the_users_choice(address):
    assert make("not-local", AWS_ENDPOINT_URL=address).returncode == 0


def test_nothing_is_built_before_that(checkout):
    done = make("deploy", folder=checkout, AWS_ENDPOINT_URL="http://127.0.0.1:4566", PYTHON="false")

    assert "points at a cloud on this machine" in done.stderr
    assert not (checkout / ".venv").exists()


def test_the_bundle_describes_each_service_that_a_function_has_a_client_of():
    """The others are left out of botocore; a client of such a service fails where it is made."""
    [needed] = re.findall(r"^AWS_SERVICES := (.*)$", pathlib.Path("Makefile").read_text(), re.MULTILINE)
    clients = re.findall(r'boto3\.client\("([\w-]+)"', pathlib.Path("workflows/adapters/aws.py").read_text())

    assert len(clients) >= 10
    assert set(clients) <= set(needed.split())
