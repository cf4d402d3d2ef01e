"""A stack that could not work is not deployed: it says why in its events, and leaves nothing behind."""

import json
import os
import re
import uuid
from collections.abc import Iterator

import boto3
import pytest

from local.stacks import DeploymentError, deploy, remove
from tests.e2e.deploying import RIGHTS
from tests.e2e.field import Simulator, Stack

NAME = "refused"
LEFT_ALONE = "RIGHT_APPLICATION_SETTINGS_BASIC"


@pytest.fixture
def small_key(simulator: Simulator) -> Iterator[str]:
    """An API key that lacks one right."""
    key = f"NNSXS.SMALL.{uuid.uuid4().hex.upper()}"
    simulator.control("POST", "api-keys", {"key": key, "rights": [right for right in RIGHTS if right != LEFT_ALONE]})
    yield key
    simulator.control("DELETE", "api-keys", {"key": key})


def left_behind() -> list[str]:
    """Return what would keep a stack of the same name from being made."""
    secrets = boto3.client("secretsmanager").list_secrets()["SecretList"]
    queues = boto3.client("sqs").list_queues(QueueNamePrefix=f"{NAME}-").get("QueueUrls", [])
    tables = boto3.client("dynamodb").list_tables()["TableNames"]
    functions = boto3.client("lambda").list_functions()["Functions"]
    return [
        *queues,
        *(table for table in tables if table.startswith(f"{NAME}-")),
        *(secret["Name"] for secret in secrets if secret["Name"].startswith(f"thingsync/{NAME}/")),
        *(one["FunctionName"] for one in functions if one["FunctionName"].startswith(f"{NAME}-")),
    ]


def test_a_key_that_lacks_one_right_fails_the_deployment_with_its_name_and_all_is_rolled_back(
    simulator: Simulator, small_key: str
):
    webhooks = simulator.state()["webhooks"]

    with pytest.raises(DeploymentError, match=f"Configure: .*AccessDeniedError.*demo-app: {LEFT_ALONE}. Add them"):
        deploy(NAME, {"ApplicationApiKey": small_key})

    (stack,) = boto3.client("cloudformation").describe_stacks(StackName=NAME)["Stacks"]
    assert stack["StackStatus"] == "ROLLBACK_COMPLETE"
    assert left_behind() == []
    assert simulator.state()["webhooks"] == webhooks
    remove(NAME)


def test_an_application_that_does_not_exist_fails_the_deployment_by_its_name(small_key: str):
    with pytest.raises(DeploymentError, match="belongs to the application demo-app, not to nowhere-app"):
        deploy(NAME, {"ApplicationApiKey": small_key, "ApplicationId": "nowhere-app"})

    assert left_behind() == []
    remove(NAME)


def test_an_update_to_another_application_takes_the_webhook_along(simulator: Simulator):
    keys = {name: f"NNSXS.{name.upper()}.{uuid.uuid4().hex.upper()}" for name in ("first", "other")}
    for name, key in keys.items():
        order = {"key": key, "rights": RIGHTS, "application_id": f"{name}-app"}
        simulator.control("POST", "api-keys", order)
    deploy("moved", {"ApplicationApiKey": keys["first"], "ApplicationId": "first-app"})
    before = webhooks_of(simulator, "moved")

    deploy("moved", {"ApplicationApiKey": keys["other"], "ApplicationId": "other-app"})

    after = webhooks_of(simulator, "moved")
    remove("moved")
    assert (before.keys(), after.keys()) == ({"first-app"}, {"other-app"})
    assert before["first-app"] == after["other-app"]
    assert webhooks_of(simulator, "moved") == {}


def test_a_deletion_that_somebody_asks_for_by_hand_leaves_the_webhook(stack: Stack, simulator: Simulator):
    formation = boto3.client("cloudformation")
    [deployed] = formation.describe_stacks(StackName=stack.name)["Stacks"]
    resource = formation.describe_stack_resource(StackName=stack.name, LogicalResourceId="ConfigureFunction")
    forged = {
        "RequestType": "Delete",
        "ResponseURL": f"{os.environ['AWS_ENDPOINT_URL']}/_ministack/cfn-response/{uuid.uuid4()}",
        "StackId": deployed["StackId"],
        "RequestId": "forged",
        "LogicalResourceId": "Configure",
    }
    before = webhooks_of(simulator, stack.name)

    answer = boto3.client("lambda").invoke(
        FunctionName=resource["StackResourceDetail"]["PhysicalResourceId"], Payload=json.dumps(forged)
    )

    assert re.search(r"left the webhook thingsync-\w+ .* stack is CREATE_COMPLETE", answer["Payload"].read().decode())
    assert list(before) == ["demo-app"]
    assert webhooks_of(simulator, stack.name) == before


def webhooks_of(simulator: Simulator, stack_name: str) -> dict[str, str]:
    """Return the URL of the stack's webhook by application."""
    held = {key.partition("/"): record for key, record in simulator.state()["webhooks"].items()}
    return {
        application: record["base_url"]
        for (application, _, name), record in held.items()
        if name.startswith(stack_name)
    }
