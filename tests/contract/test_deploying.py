"""`make deploy`: what it asks SAM for, and where it refuses to go."""

import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from botocore.stub import Stubber

from deploying.deploy import (
    ALWAYS,
    STACK_NAME,
    DeploymentError,
    Target,
    deploy,
    failures,
    options,
    refusal,
    settings,
    status_of,
    target,
)
from tests.contract.sam_template import RESOURCES, TEMPLATE, of_type

CI = ["--region", "eu-west-1", "--parameter-overrides", "file://parameters.yaml"]
SAVED = {"stack_name": "mine", "region": "eu-north-1", "resolve_s3": True, "parameter_overrides": 'ApplicationId="a"'}
STACK = Target("mine", "eu-north-1", None)


def make(*words, folder=".", **environment):
    """Run make as a user does, whatever called these tests."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", "AWS_"))}
    return subprocess.run(
        ["make", *words], cwd=folder, env={**own, **environment}, capture_output=True, text=True, check=False
    )


@pytest.fixture
def checkout(tmp_path):
    for name in ("Makefile", "pyproject.toml"):
        shutil.copy(name, tmp_path)
    for name in ("requirements", "deploying"):
        shutil.copytree(name, tmp_path / name)
    return tmp_path


@pytest.fixture
def formation():
    """A client whose answers a test gives."""
    client = boto3.client("cloudformation", "eu-north-1", aws_access_key_id="-", aws_secret_access_key="-")
    with Stubber(client) as answers:
        yield client, answers


def test_a_first_deployment_asks_and_offers_the_name_that_the_command_expects():
    assert options(None, [], {}) == ["--guided", "--stack-name", "thingsync"]
    assert target([], {}).stack_name == STACK_NAME == "thingsync"


def test_it_leaves_nothing_behind_if_it_fails():
    assert ALWAYS[ALWAYS.index("--on-failure") + 1] == "DELETE"


def test_later_ones_ask_nothing_and_change_only_what_the_file_says():
    assert options("CREATE_COMPLETE", [], SAVED) == []
    assert "--no-fail-on-empty-changeset" in ALWAYS


@pytest.mark.parametrize("status", [None, "REVIEW_IN_PROGRESS"])
def test_after_a_first_deployment_that_failed_the_key_is_asked_for_again(status):
    assert options(status, [], SAVED) == ["--guided"]


def test_a_machine_deploys_by_arguments():
    assert options(None, CI, {}) == ["--resolve-s3", "--stack-name", "thingsync", *CI]
    assert options("UPDATE_COMPLETE", CI, {}) == ["--resolve-s3", "--stack-name", "thingsync", *CI]


def test_a_checkout_without_settings_upgrades_a_stack_without_questions():
    assert options("CREATE_COMPLETE", [], {}) == ["--resolve-s3", "--stack-name", "thingsync"]


def test_arguments_add_to_the_file_and_go_before_it():
    assert options("CREATE_COMPLETE", CI, SAVED) == CI
    assert options("CREATE_COMPLETE", ["--stack-name", "other", "--s3-bucket", "b"], {}) == [
        *("--stack-name", "other", "--s3-bucket", "b")
    ]
    assert target([*CI, "--profile", "prod"], SAVED) == Target("mine", "eu-west-1", "prod")
    assert target([], SAVED) == STACK


def test_settings_are_read_as_sam_writes_them(tmp_path):
    assert settings(tmp_path) == {}
    (tmp_path / "samconfig.toml").write_text(
        'version = 0.1\n[default.deploy.parameters]\nstack_name = "mine"\n[default.global.parameters]\nregion = "r"\n'
    )

    assert settings(tmp_path) == {"stack_name": "mine", "region": "r"}


@pytest.mark.parametrize("status", ["ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"])
def test_a_shell_of_a_stack_is_named_with_the_commands_that_remove_it(status):
    said = refusal(status, STACK)

    assert f"the stack mine is {status}." in said
    assert "aws cloudformation delete-stack --stack-name mine --region eu-north-1\n" in said
    assert "aws cloudformation wait stack-delete-complete --stack-name mine --region eu-north-1\n" in said


def test_what_cannot_be_deleted_does_not_keep_the_shell_for_ever():
    """Configure, if the network lets it answer nobody; a policy that somebody has attached elsewhere."""
    said = refusal("DELETE_FAILED", STACK)

    assert said.endswith("delete-stack --stack-name mine --region eu-north-1 --deletion-mode FORCE_DELETE_STACK")


@pytest.mark.parametrize(
    ("status", "text"),
    [
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name mine --region eu-north-1 --profile prod"),
        ("UPDATE_IN_PROGRESS", "Wait until that has ended"),
        ("DELETE_IN_PROGRESS", "Wait until that has ended"),
    ],
)
def test_a_stack_that_takes_no_update_now_is_left_alone(status, text):
    assert text in refusal(status, Target("mine", "eu-north-1", "prod"))


@pytest.mark.parametrize(
    "status", [None, "REVIEW_IN_PROGRESS", "CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE"]
)
def test_any_other_stack_is_deployed_to(status):
    assert refusal(status, STACK) is None


def test_no_stack_is_no_error_and_a_refused_question_is(formation):
    client, answers = formation
    answers.add_client_error("describe_stacks", "ValidationError", "Stack with id mine does not exist")
    answers.add_client_error("describe_stacks", "AccessDenied", "not authorized")

    assert status_of(STACK, client) is None
    with pytest.raises(DeploymentError, match=r"^Nothing was deployed\. .*not authorized"):
        status_of(STACK, client)


def test_a_machine_without_an_account_is_told_so(tmp_path, monkeypatch):
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)

    with pytest.raises(DeploymentError, match=r"^Nothing was deployed\. .*nobody.* Check the account and region"):
        deploy(tmp_path / "template.yaml", ["--profile", "nobody"], tmp_path)


def test_what_failed_is_said_even_of_a_stack_that_is_gone(formation):
    client, answers = formation
    now = datetime(2026, 11, 26, 12, tzinfo=UTC)
    gone = {"StackName": "mine", "StackId": "new", "CreationTime": now, "StackStatus": "DELETE_COMPLETE"}
    older = gone | {"StackId": "old", "CreationTime": now - timedelta(days=1)}
    answers.add_response("list_stacks", {"StackSummaries": [older, gone]})
    answers.add_response(
        "describe_stack_events",
        {
            "StackEvents": [
                event("Queue", "CREATE_FAILED", now, "Resource creation cancelled"),
                event("Configure", "CREATE_FAILED", now, "AccessDeniedError: the API key is refused"),
                event("Table", "CREATE_COMPLETE", now),
                event("Older", "UPDATE_FAILED", now - timedelta(hours=1), "another time"),
            ]
        },
        {"StackName": "new"},
    )

    assert failures(STACK, client, now) == ["Configure: AccessDeniedError: the API key is refused"]


def event(resource, status, when, *reason):
    return {
        **{"StackId": "new", "EventId": f"{resource}-1", "StackName": "mine", "LogicalResourceId": resource},
        **{"ResourceStatus": status, "Timestamp": when},
        **({"ResourceStatusReason": reason[0]} if reason else {}),
    }


def test_what_stays_after_a_stack_has_no_name_that_the_next_one_of_its_name_would_want():
    staying = {name: one for name, one in RESOURCES.items() if "Retain" in one.get("DeletionPolicy", "")}

    assert staying.keys() == {"EncryptionKey", "JournalTable"}
    assert [name for name, one in staying.items() if any(given.endswith("Name") for given in one["Properties"])] == []


def test_only_the_capability_that_the_template_needs_is_given():
    """Names of their own would take CAPABILITY_NAMED_IAM; macros and nested stacks CAPABILITY_AUTO_EXPAND."""
    iam = [one for kind in ("Role", "ManagedPolicy", "User", "Group") for one in of_type(f"AWS::IAM::{kind}").values()]

    assert ALWAYS[:2] == ("--capabilities", "CAPABILITY_IAM")
    assert iam
    assert [one for one in iam if {"RoleName", "ManagedPolicyName", "UserName", "GroupName"} & one.keys()] == []
    assert of_type("AWS::CloudFormation::Stack") == {}
    assert TEMPLATE["Transform"] == "AWS::Serverless-2016-10-31"


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


def test_make_hands_the_arguments_on(checkout):
    done = make("--dry-run", "deploy", f"ARGS={' '.join(CI)}", folder=checkout)

    [line] = [line for line in done.stdout.splitlines() if "deploying.deploy" in line]
    assert line.endswith(f"-m deploying.deploy dist/thingsync-*.yaml {' '.join(CI)}")
