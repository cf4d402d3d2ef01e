"""The Things Stack with the stack's own address and API key, for an operator who may read the key."""

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from operate.adapters.stacks import Stack
from workflows.adapters.aws import transient_errors_mapped
from workflows.adapters.things_stack import Transport
from workflows.adapters.things_stack.inspection import Inspection
from workflows.adapters.things_stack.repeating import RepeatingInspection
from workflows.steps.concurrency import MAX_CONCURRENT

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


class KeySecret:
    """The stack's secret that holds the API key: read it, its former value, and write it."""

    def __init__(self, client: "SecretsManagerClient", secret_arn: str) -> None:
        self._client = client
        self.arn = secret_arn

    def current(self) -> str:
        return self._read("AWSCURRENT")

    def former(self) -> str | None:
        """Return the key before the current one; None if there was none."""
        try:
            return self._read("AWSPREVIOUS")
        except self._client.exceptions.ResourceNotFoundException:
            return None

    def put(self, api_key: str) -> None:
        """Make ``api_key`` the current value; Secrets Manager stores the former one as AWSPREVIOUS."""
        with transient_errors_mapped():
            self._client.put_secret_value(SecretId=self.arn, SecretString=api_key)

    def _read(self, stage: str) -> str:
        with transient_errors_mapped():
            return self._client.get_secret_value(SecretId=self.arn, VersionStage=stage)["SecretString"].strip()


class StackApiKey:
    """Reads the key on first use, and again when it is refused."""

    def __init__(self, secret: KeySecret) -> None:
        self._secret = secret
        self._key = ""

    def current(self) -> str:
        return self._key or self.refreshed()

    def refreshed(self) -> str:
        self._key = self._secret.current()
        return self._key


def prompt_inspection(stack: Stack, secrets: "SecretsManagerClient") -> Inspection:
    """Return one that repeats no call: somebody waits, and a server that does not answer is an answer, too."""
    return _made(Inspection, stack, secrets)


def inspection(stack: Stack, secrets: "SecretsManagerClient") -> Inspection:
    """Return one that repeats calls after transient errors: one command makes thousands.

    Raises:
        StackConfigurationError: the stack's addresses are invalid.
    """
    return _made(partial(RepeatingInspection, sleep=time.sleep), stack, secrets)


def transport_of(stack: Stack, secrets: "SecretsManagerClient") -> Transport:
    """Return one that trusts what the stack's functions trust.

    Raises:
        StackConfigurationError: the secret of the stack's certificate authorities holds none.
    """
    secret_arn = stack.parameter("CertificateAuthoritySecretArn")
    if not secret_arn:
        return Transport(at_once=MAX_CONCURRENT)
    with transient_errors_mapped():
        bundle = secrets.get_secret_value(SecretId=secret_arn).get("SecretString", "")
    return Transport(at_once=MAX_CONCURRENT, authorities=bundle)


def _made(kind: Callable[..., Inspection], stack: Stack, secrets: "SecretsManagerClient") -> Inspection:
    return kind(
        stack.addresses,
        stack.parameter("ApplicationId"),
        api_key=StackApiKey(KeySecret(secrets, stack.api_key_secret_arn)),
        transport=transport_of(stack, secrets),
    )
