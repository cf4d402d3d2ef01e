"""Deploying and removing stacks of template.yaml on the local cloud, as many side by side as one likes."""

import uuid
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from local.bundles import packaged_template
from local.emulator import aws_client
from local.places import STACK_NAME
from local.things_stacks import ThingsStack, simulated_things_stack

CAPABILITIES = ["CAPABILITY_IAM"]
UNFINISHED = ("ROLLBACK_COMPLETE", "CREATE_FAILED", "REVIEW_IN_PROGRESS")
NO_CHANGES = "didn't contain changes"
WAIT = {"Delay": 0.2, "MaxAttempts": 3000}  # ten minutes; a machine at work may take long

Outputs = dict[str, str]


class DeploymentError(Exception):
    """CloudFormation failed; the text lists every resource that failed and why."""


def deploy(stack_name: str = STACK_NAME, parameters: Mapping[str, str] | None = None) -> Outputs:
    """Create or update a stack of the current sources, by default one that uses the simulator; return its outputs.

    Raises:
        BuildError: the functions do not build.
        DeploymentError: a resource could not be made.
    """
    given = {**parameters_for(simulated_things_stack()), **(parameters or {})}
    deploy_template(stack_name, packaged_template(), given)
    return outputs_of(stack_name)


def parameters_for(things_stack: ThingsStack) -> dict[str, str]:
    identity_server = things_stack.identity_address
    return {
        "ClusterAddress": things_stack.cluster_address,
        "ApplicationId": things_stack.application_id,
        "ApplicationApiKey": things_stack.api_key,
        **({"IdentityServerAddress": identity_server} if identity_server else {}),
    }


def deploy_template(stack_name: str, template_url: str, parameters: Mapping[str, str]) -> None:
    """Create or update a stack from an uploaded template, through a change set as ``sam deploy`` does.

    Raises:
        DeploymentError: the template or a parameter is refused, or a resource could not be made.
    """
    if _status(stack_name) in UNFINISHED:
        remove(stack_name)
    kind = "UPDATE" if _status(stack_name) else "CREATE"
    change_set_id = _change_set(stack_name, kind, TemplateURL=template_url, Parameters=_listed(parameters))
    if _changes_anything(stack_name, change_set_id):
        aws_client("cloudformation").execute_change_set(ChangeSetName=change_set_id)
        _wait(f"stack_{kind.lower()}_complete", stack_name)


def _listed(parameters: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()]


def _change_set(stack_name: str, kind: str, **source: object) -> str:
    name = f"local-{uuid.uuid4().hex}"
    formation = aws_client("cloudformation")
    try:
        change_set: dict[str, str] = formation.create_change_set(
            StackName=stack_name, ChangeSetName=name, ChangeSetType=kind, Capabilities=CAPABILITIES, **source
        )
    except ClientError as error:
        raise DeploymentError(f"Stack {stack_name}: {error}") from error
    return change_set["Id"]


def remove(stack_name: str) -> None:
    """Delete a stack; nothing, if there is none.

    Raises:
        DeploymentError: a resource could not be deleted.
    """
    aws_client("cloudformation").delete_stack(StackName=stack_name)
    _wait("stack_delete_complete", stack_name)


def outputs_of(stack_name: str = STACK_NAME) -> Outputs:
    stack = aws_client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _status(stack_name: str) -> str | None:
    try:
        stacks = aws_client("cloudformation").describe_stacks(StackName=stack_name)["Stacks"]
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    status: str = stacks[0]["StackStatus"]
    return status


def _changes_anything(stack_name: str, change_set_id: str) -> bool:
    try:
        _wait("change_set_create_complete", stack_name, ChangeSetName=change_set_id)
    except DeploymentError:
        formation = aws_client("cloudformation")
        change_set = formation.describe_change_set(ChangeSetName=change_set_id, StackName=stack_name)
        if NO_CHANGES not in change_set["StatusReason"]:
            raise
        return False
    return True


def _wait(state: str, stack_name: str, **request: Any) -> None:  # noqa: ANN401 - what the waiter takes
    waiter = aws_client("cloudformation").get_waiter(state)
    try:
        waiter.wait(StackName=stack_name, WaiterConfig=WAIT, **request)
    except WaiterError as error:
        raise DeploymentError(f"Stack {stack_name}: {_failures(stack_name) or error}") from error


def _failures(stack_name: str) -> str:
    pages = aws_client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack_name)
    events = [event for page in pages for event in page["StackEvents"]]
    failed = [event for event in reversed(events) if event["ResourceStatus"].endswith("FAILED")]
    return "; ".join(f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}" for event in failed)
