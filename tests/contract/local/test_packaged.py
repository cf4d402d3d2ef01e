"""The package deploys with the plain AWS CLI from a folder that holds nothing else, and by `make deploy`'s SAM."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploying.package import write_package
from local.emulator import isolated_environment
from local.places import REGION
from tests.contract.local.emulated_aws import unique
from tests.simulated_stack import API_KEY, started

ROOT = Path.cwd()
DEPLOYING = ROOT / "docs" / "deploying.md"
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

    def deploy(self, parameters=None):
        """Run the very commands of docs/deploying.md."""
        if parameters is None:
            *_, command = (self.aws(*words) for words in commands_of_the_page(self.stack_name, "--parameter-overrides"))
            return command
        listed = [f"{name}={value}" for name, value in parameters.items()]
        (self.folder / "parameters.json").write_text(json.dumps(listed))
        *_, command = (self.aws(*words) for words in commands_of_the_page(self.stack_name))
        return command


def commands_of_the_page(stack_name, without=None):
    """Return what docs/deploying.md has one type to deploy the package, without an option and its value."""
    section = DEPLOYING.read_text().partition("\n## The package\n")[2].partition("\n## ")[0].replace("\\\n", "")
    lines = [line for line in section.splitlines() if re.match(r"aws cloudformation (package|deploy) ", line)]
    assert len(lines) == 2
    for line in lines:
        words = [stack_name if word == "thingsync" else word for word in shlex.split(line.replace("BUCKET", BUCKET))]
        if without in words:
            del words[words.index(without) : words.index(without) + 2]
        yield words[1:]


def parameters_for(things_stack):
    return {"ClusterAddress": things_stack.address, "ApplicationId": "demo-app", "ApplicationApiKey": API_KEY}


@pytest.fixture(scope="module", autouse=True)
def bucket(aws):
    aws.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})


@pytest.fixture(scope="module")
def machine(aws, package, things_stack, tmp_path_factory):
    """One on which the package was deployed once."""
    folder = tmp_path_factory.mktemp("elsewhere")
    for file in package.iterdir():
        shutil.copy(file, folder)
    machine = Machine(folder, aws)
    machine.deploy(parameters_for(things_stack))
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
    assert "No changes" in machine.deploy()


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


def test_a_stack_that_was_deleted_can_be_made_again_under_its_name(machine, aws, things_stack):
    """The last test of this stack. What AWS makes of names, and how long it remembers them, no emulator shows."""
    formation = aws.client("cloudformation")
    journal = resource(machine, aws, "JournalTable")
    formation.delete_stack(StackName=machine.stack_name)
    wait = {"Delay": 1, "MaxAttempts": 600}
    formation.get_waiter("stack_delete_complete").wait(StackName=machine.stack_name, WaiterConfig=wait)
    assert webhooks(things_stack, machine.stack_name) == []
    assert journal in aws.client("dynamodb").list_tables()["TableNames"]

    machine.deploy(parameters_for(things_stack))

    assert len(webhooks(things_stack, machine.stack_name)) == 1


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
    file.write_text("".join(f"{name}: {value}\n" for name, value in parameters_for(things_stack).items()))
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
