"""What a stack has set up in a real Things Stack: what its function Configure says, and whether there is a webhook."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import urllib3

from local.emulator import aws_client
from local.places import AWS_PORT, HOST
from local.stacks import DeploymentError, Outputs
from local.things_stacks import ThingsStack

TIMEOUT_S = 10.0
FROM_VARIABLES = (
    "ApplicationId is your TTS_APPLICATION, ApplicationApiKey your API key, ClusterAddress the host of your TTS_URL, "
    "IdentityServerAddress that of TTS_IDENTITY_SERVER. Correct the one that is wrong, then run make up again."
)


@contextlib.contextmanager
def in_the_users_words() -> Iterator[None]:
    """Add to what a deployment says of the stack's parameters which variables they come from."""
    try:
        yield
    except DeploymentError as error:
        raise DeploymentError(f"{error}\n{FROM_VARIABLES}") from error


def setup_of(things_stack: ThingsStack, outputs: Outputs) -> Iterator[tuple[str, str]]:
    """Let Configure check and write everything again; yield what the stack then uses, by what to call it.

    Raises:
        DeploymentError: Configure fails; the text is what it says.
    """
    done = _configured(outputs)
    yield "application", things_stack.application_id
    yield "cluster address", things_stack.cluster_address
    yield "Identity Server", things_stack.identity_address or "at the cluster address"
    yield "webhook", _sentence_on(webhook_to_here(things_stack))
    yield "Configure", done


def webhook_to_here(things_stack: ThingsStack) -> str | None:
    """The address on this machine that a webhook of the application calls; None if none does.

    Raises:
        DeploymentError: The Things Stack does not list them.
    """
    url = f"{things_stack.url}/as/webhooks/{things_stack.application_id}?field_mask=base_url"
    authorization = {"Authorization": f"Bearer {things_stack.api_key}"}
    try:
        answer = urllib3.request("GET", url, headers=authorization, retries=False, timeout=TIMEOUT_S)
    except urllib3.exceptions.HTTPError as error:
        raise DeploymentError(f"{things_stack.url} does not list its webhooks ({type(error).__name__}).") from None
    if answer.status != 200:
        raise DeploymentError(f"{things_stack.url} does not list its webhooks (HTTP status {answer.status}).")
    called = [webhook.get("base_url", "") for webhook in answer.json().get("webhooks", [])]
    return next((address for address in called if address.startswith(f"http://{HOST}:{AWS_PORT}/")), None)


def _sentence_on(address: str | None) -> str:
    if address is None:
        return (
            "none, since this Things Stack is not on this machine and cannot reach it: "
            "devices that are registered there do not become things here"
        )
    return (
        f"{address}, since this Things Stack is on this machine: "
        "devices that are registered there become things here when they join or send"
    )


def _configured(outputs: Outputs) -> str:
    answer = aws_client("lambda").invoke(FunctionName=outputs["ConfigureFunctionName"], Payload=b"{}")
    said: dict[str, Any] = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise DeploymentError(f"{said['errorType']}: {said['errorMessage']}")
    reason: str = said["Reason"]
    return reason
