"""`make deploy`: runs `sam deploy`, with questions only as long as there is no stack.

The answers are saved in samconfig.toml, which later deployments read. The API key is not among them: CloudFormation
keeps the value that it has. So who deploys again after a first deployment that failed has to be asked once more.
"""

import argparse
import subprocess
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

SAM = Path(__file__).parents[1] / ".venv" / "sam" / "bin" / "sam"
SETTINGS = "samconfig.toml"
STACK_NAME = "thingsync"  # what the thingsync command expects
ALWAYS = ("--capabilities", "CAPABILITY_IAM", "--on-failure", "DELETE", "--no-fail-on-empty-changeset")
NOT_CREATED = {"CREATE_FAILED", "DELETE_FAILED", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED"}
NO_STACK = {None, "REVIEW_IN_PROGRESS"}  # the latter: a change set was made, and never carried out


class DeploymentError(Exception):
    """Why nothing was deployed, and what to do."""


def no_account(error: BotoCoreError) -> DeploymentError:
    said = str(error).rstrip(".")
    return DeploymentError(f"Nothing was deployed. {said}. Check the account and region of your AWS CLI.")


@dataclass(frozen=True, slots=True)
class Target:
    """The stack that a deployment is about, as arguments or samconfig.toml name it."""

    stack_name: str
    region: str | None
    profile: str | None


def settings(folder: Path) -> dict[str, Any]:
    """Return what samconfig.toml gives `sam deploy`."""
    file = folder / SETTINGS
    saved = tomllib.loads(file.read_text()).get("default", {}) if file.exists() else {}
    return {**saved.get("global", {}).get("parameters", {}), **saved.get("deploy", {}).get("parameters", {})}


def target(arguments: Sequence[str], saved: Mapping[str, Any]) -> Target:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--stack-name", default=saved.get("stack_name", STACK_NAME))
    parser.add_argument("--region", default=saved.get("region"))
    parser.add_argument("--profile", default=saved.get("profile"))
    given, _ = parser.parse_known_args(arguments)
    return Target(given.stack_name, given.region, given.profile)


def client_for(stack: Target) -> Any:  # noqa: ANN401 - boto3 makes its classes when it runs
    """Return a client of CloudFormation in the stack's account and region.

    Raises:
        DeploymentError: the user's settings of AWS name none.
    """
    try:
        session = boto3.Session(profile_name=stack.profile, region_name=stack.region)
        return session.client("cloudformation")
    except BotoCoreError as error:
        raise no_account(error) from error


def status_of(stack: Target, client: Any) -> str | None:  # noqa: ANN401
    """Return the stack's status; None, if there is no such stack.

    Raises:
        DeploymentError: AWS did not say.
    """
    try:
        answer = client.describe_stacks(StackName=stack.stack_name)
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise DeploymentError(f"Nothing was deployed. {error}") from error
    except BotoCoreError as error:
        raise no_account(error) from error
    return str(answer["Stacks"][0]["StackStatus"])


def failures(stack: Target, client: Any, since: datetime) -> list[str]:  # noqa: ANN401
    """Say which resources have failed, and why; also of a stack that is deleted by now."""
    try:
        pages = client.get_paginator("list_stacks").paginate()
        stacks = [one for page in pages for one in page["StackSummaries"] if one["StackName"] == stack.stack_name]
        newest = max(stacks, key=lambda one: one["CreationTime"], default=None)
        pages = client.get_paginator("describe_stack_events").paginate(StackName=newest["StackId"]) if newest else []
        events = [event for page in pages for event in page["StackEvents"] if event["Timestamp"] >= since]
    except (BotoCoreError, ClientError):
        return []  # SAM has shown the events, too
    return [
        f"{event['LogicalResourceId']}: {event['ResourceStatusReason']}"
        for event in reversed(events)
        if event["ResourceStatus"].endswith("_FAILED")
        and "cancelled" not in event.get("ResourceStatusReason", "cancelled")
    ]


def refusal(status: str | None, stack: Target) -> str | None:
    """Say why AWS would refuse to deploy to a stack with this status, and what to do; None if it would not."""
    named = "".join(
        f" --{option} {value}"
        for option, value in (("stack-name", stack.stack_name), ("region", stack.region), ("profile", stack.profile))
        if value
    )
    says = f"Nothing was deployed: the stack {stack.stack_name} is {status}"
    if status in NOT_CREATED:
        return (
            f"{says}. It was never completely created, or only partly deleted, so AWS updates it no more.\n"
            f"See why in its events, delete what is left, then run make deploy again:\n"
            f"  aws cloudformation delete-stack{named}\n"
            f"  aws cloudformation wait stack-delete-complete{named}\n"
            "If that ends in DELETE_FAILED, something in it cannot be deleted: Configure, for example, if its\n"
            "network lets it answer nobody. Leave that behind:\n"
            f"  aws cloudformation delete-stack{named} --deletion-mode FORCE_DELETE_STACK"
        )
    if status == "UPDATE_ROLLBACK_FAILED":
        return (
            f"{says}: an update failed, and AWS could not undo it. See why in its events, fix that, then run:\n"
            f"  aws cloudformation continue-update-rollback{named}"
        )
    if status not in NO_STACK and str(status).endswith("_IN_PROGRESS"):
        return f"{says}. Wait until that has ended, then run make deploy again."
    return None


def options(status: str | None, arguments: Sequence[str], saved: Mapping[str, Any]) -> list[str]:
    """Return what `sam deploy` is given beside the template and what it is always given."""
    chosen = list(arguments)
    if "stack_name" not in saved and "--stack-name" not in arguments:
        chosen = ["--stack-name", STACK_NAME, *chosen]
    if status in NO_STACK and "--parameter-overrides" not in arguments:
        return ["--guided", *chosen]
    if not {"resolve_s3", "s3_bucket"} & saved.keys() and not {"--resolve-s3", "--s3-bucket"} & {*arguments}:
        return ["--resolve-s3", *chosen]
    return chosen


def deploy(template: Path, arguments: Sequence[str], folder: Path) -> int:
    """Deploy, and return SAM's exit code.

    Raises:
        DeploymentError: there is a reason not to begin.
    """
    saved = settings(folder)
    stack = target(arguments, saved)
    client = client_for(stack)
    status = status_of(stack, client)
    if reason := refusal(status, stack):
        raise DeploymentError(reason)
    chosen = options(status, arguments, saved)
    if "--guided" in chosen and not sys.stdin.isatty():
        raise DeploymentError(
            f"Nothing was deployed: there is no stack {stack.stack_name} yet, and nobody to ask for its parameters.\n"
            "Give them, in a file that only you can read (docs/deploying.md, Without questions):\n"
            '  make deploy ARGS="--region REGION --parameter-overrides file://parameters.yaml"'
        )
    settings_file = (folder / SETTINGS).resolve()  # SAM would look beside the template
    if not settings_file.exists():
        settings_file.write_text("version = 0.1\n")
    places = ("--template-file", str(template), "--config-file", str(settings_file))
    begun = datetime.now(UTC)
    done = subprocess.run([SAM, "deploy", *places, *ALWAYS, *chosen], check=False)
    if done.returncode and (reasons := failures(target(arguments, settings(folder)), client, begun)):
        sys.stderr.write("\nWhat failed:\n" + "".join(f"  {reason}\n" for reason in reasons))
    return done.returncode


def main() -> None:
    _, template, *arguments = sys.argv
    try:
        sys.exit(deploy(Path(template), arguments, Path()))
    except DeploymentError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
