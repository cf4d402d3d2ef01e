"""The package deploys with the plain AWS CLI from a folder that holds nothing else, and by `make deploy`'s SAM."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploying.package import write_package
from local.emulator import isolated_environment
from tests.contract.local.emulated_aws import unique
from tests.simulated_stack import API_KEY, started

ROOT = Path.cwd()
AWS = str(Path(sys.executable).with_name("aws"))
BUCKET = "artifacts"


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    """What `make package` writes, with libraries for this machine."""
    folder = tmp_path_factory.mktemp("package")
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    words = ["make", "package", "THINGSYNC_BUILD=local", f"DIST={folder}", "--no-print-directory"]
    done = subprocess.run(words, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture(scope="module")
def things_stack(tmp_path_factory):
    with started(tmp_path_factory.mktemp("things-stack") / "state.sqlite") as simulator:
        yield simulator


class Machine:
    """A machine without this project: an empty folder, a home with nothing in it, the AWS CLI."""

    def __init__(self, folder, aws):
        self.folder, self._aws = folder, aws
        self.stack_name = unique("packaged")
        (folder / "home").mkdir()

    def run(self, *words):
        own = {"PATH": "/usr/bin:/bin", "HOME": str(self.folder / "home"), "AWS_PAGER": ""}
        cloud = {name: value for name, value in self.cloud().items() if name.startswith("AWS_")}
        return subprocess.run(words, cwd=self.folder, env=own | cloud, capture_output=True, text=True, check=False)

    def cloud(self):
        return isolated_environment(self._aws.daemon.port)

    def aws(self, *words):
        done = self.run(AWS, *words)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def deploy(self, *parameters):
        """Deploy as docs/deploying.md says."""
        [template] = self.folder.glob("thingsync-*.yaml")
        self.aws(
            *("cloudformation", "package", "--template-file", template.name),
            *("--s3-bucket", BUCKET, "--output-template-file", "packaged.yaml"),
        )
        given = ("--parameter-overrides", *parameters) if parameters else ()
        return self.aws(
            *("cloudformation", "deploy", "--template-file", "packaged.yaml", "--s3-bucket", BUCKET),
            *("--stack-name", self.stack_name, "--capabilities", "CAPABILITY_IAM", "--no-fail-on-empty-changeset"),
            *given,
        )


def parameters_for(things_stack):
    return [
        f"ClusterAddress={things_stack.address}",
        "ApplicationId=demo-app",
        f"ApplicationApiKey={API_KEY}",
    ]


@pytest.fixture(scope="module")
def machine(aws, package, things_stack, tmp_path_factory):
    """One on which the package was deployed once."""
    folder = tmp_path_factory.mktemp("elsewhere")
    for file in package.iterdir():
        shutil.copy(file, folder)
    machine = Machine(folder, aws)
    machine.aws("s3", "mb", f"s3://{BUCKET}")
    machine.deploy(*parameters_for(things_stack))
    return machine


def resource(machine, aws, logical_id):
    answer = aws.client("cloudformation").describe_stack_resource(
        StackName=machine.stack_name, LogicalResourceId=logical_id
    )
    return answer["StackResourceDetail"]["PhysicalResourceId"]


def webhooks(things_stack, stack_name):
    return [name for name in things_stack.control("GET", "state")["webhooks"] if f"/{stack_name}-" in name]


def test_the_checksums_are_those_of_the_files(machine):
    assert machine.run("sha256sum", "--check", "SHA256SUMS").returncode == 0
    assert {file.name for file in machine.folder.iterdir()} >= {
        "SHA256SUMS",
        "thingsync-0.1.0.yaml",
        "thingsync-0.1.0.zip",
    }


def test_the_stack_has_the_functions_the_process_and_the_webhook(machine, aws, things_stack):
    [stack] = aws.client("cloudformation").describe_stacks(StackName=machine.stack_name)["Stacks"]
    deployed = aws.client("stepfunctions").describe_state_machine(
        stateMachineArn=resource(machine, aws, "StateMachine")
    )
    process = json.loads((ROOT / "statemachine.asl.json").read_text())

    assert stack["StackStatus"] == "CREATE_COMPLETE"
    assert json.loads(deployed["definition"])["States"].keys() == process["States"].keys()
    assert "${" not in re.sub(r"\$\{AWS::\w+\}", "", deployed["definition"])
    assert len(webhooks(things_stack, machine.stack_name)) == 1


def test_all_functions_share_one_upload(machine, aws):
    held = aws.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    archive = (machine.folder / "thingsync-0.1.0.zip").stat().st_size

    assert [one["Size"] for one in held if one["Size"] > 500_000] == [archive]


def test_the_same_package_changes_nothing_and_keeps_every_parameter(machine):
    assert "No changes to deploy" in machine.deploy()


def test_each_upgrade_sets_up_again_what_cloudformation_has_no_resource_for(machine, aws, things_stack, tmp_path):
    [webhook] = webhooks(things_stack, machine.stack_name)
    application, _, name = webhook.partition("/")
    things_stack.call("DELETE", f"as/webhooks/{application}/{name}", {})
    secret = resource(machine, aws, "ApplicationApiKeySecret")
    newer = tmp_path / "bundle"
    shutil.unpack_archive(machine.folder / "thingsync-0.1.0.zip", newer)
    (newer / "newer").touch()
    write_package(newer, machine.folder, for_lambda=False)

    machine.deploy()

    assert webhooks(things_stack, machine.stack_name) == [webhook]
    assert aws.client("secretsmanager").get_secret_value(SecretId=secret)["SecretString"] == API_KEY


def sam_deployment(machine, *words):
    """Run what `make deploy` runs once it has built, in this machine's folder."""
    [template] = machine.folder.glob("thingsync-*.yaml")
    program = [sys.executable, "-m", "deploying.deploy", template.name, *words]
    settings = {"PYTHONPATH": str(ROOT), "SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": "0.3"}
    return subprocess.run(
        program,
        cwd=machine.folder,
        env=machine.cloud() | settings | {"HOME": str(machine.folder / "home")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def workplace(aws, package, tmp_path):
    """A folder in which nobody has deployed yet."""
    for file in package.iterdir():
        shutil.copy(file, tmp_path)
    return Machine(tmp_path, aws)


def test_sam_deploys_it_first_with_parameters_then_without(workplace, things_stack):
    file = workplace.folder / "parameters.yaml"
    file.write_text("".join(f"{each.replace('=', ': ', 1)}\n" for each in parameters_for(things_stack)))
    words = ["--stack-name", workplace.stack_name]

    first = sam_deployment(workplace, *words, "--parameter-overrides", f"file://{file}")
    again = sam_deployment(workplace, *words)

    assert first.returncode == 0, first.stdout + first.stderr
    assert again.returncode == 0, again.stdout + again.stderr
    assert "is up to date" in again.stdout


def test_a_machine_that_gives_no_parameters_is_told_what_a_first_deployment_needs(workplace):
    done = sam_deployment(workplace)

    assert done.returncode == 1
    assert "there is no stack thingsync yet, and nobody to ask" in done.stderr
    assert "--parameter-overrides file://parameters.yaml" in done.stderr
