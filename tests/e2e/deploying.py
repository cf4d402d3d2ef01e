"""Deployments that go well or do not: the rights of API keys, and Configure by hand."""

import json
from typing import Any

import boto3

from local.stacks import outputs_of

# What a stack needs, as the README says.
RIGHTS = [
    f"RIGHT_APPLICATION_{right}"
    for right in (
        "DEVICES_READ",
        "DEVICES_WRITE",
        "DEVICES_WRITE_KEYS",
        "SETTINGS_BASIC",
        "TRAFFIC_READ",
        "TRAFFIC_DOWN_WRITE",
    )
]


def configured_by_hand(stack_name: str) -> dict[str, Any]:
    """Invoke Configure as docs/deploying.md says; return its result, or its error."""
    name = outputs_of(stack_name)["ConfigureFunctionName"]
    answer = boto3.client("lambda").invoke(FunctionName=name, Payload=b"{}")
    result: dict[str, Any] = json.loads(answer["Payload"].read())
    return result
