"""The Things Stack with the stack's own address and API key, for an operator who may read the key."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from operate.adapters.stacks import Stack
from workflows.adapters.aws import transient_errors_mapped
from workflows.adapters.things_stack import Addresses, Transport
from workflows.adapters.things_stack.client import ApiKey
from workflows.adapters.things_stack.inspection import Inspection
from workflows.adapters.things_stack.repeating import RepeatingInspection
from workflows.steps.concurrency import MAX_CONCURRENT

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_Kind = TypeVar("_Kind", bound=Inspection)


class StackApiKey:
    """Reads the key on first use, and again when it is refused."""

    def __init__(self, client: "SecretsManagerClient", secret_arn: str) -> None:
        self._client = client
        self._secret_arn = secret_arn
        self._key = ""

    def current(self) -> str:
        return self._key or self.refreshed()

    def refreshed(self) -> str:
        with transient_errors_mapped():
            self._key = self._client.get_secret_value(SecretId=self._secret_arn)["SecretString"].strip()
        return self._key


class RetryingInspection(RepeatingInspection):
    """Repeats calls after transient errors, as the state machine does for functions: one command makes thousands."""

    def __init__(
        self,
        addresses: Addresses,
        application_id: str,
        *,
        api_key: ApiKey,
        transport: Transport,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(addresses, application_id, api_key=api_key, transport=transport, sleep=sleep)


def prompt_inspection(stack: Stack, secrets: "SecretsManagerClient") -> Inspection:
    """Return one that repeats no call: somebody waits, and a server that does not answer is an answer, too."""
    return _made(Inspection, stack, secrets)


def inspection(stack: Stack, secrets: "SecretsManagerClient") -> RetryingInspection:
    """Raise ``StackConfigurationError`` if the stack's addresses are invalid."""
    return _made(RetryingInspection, stack, secrets)


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


def _made(kind: type[_Kind], stack: Stack, secrets: "SecretsManagerClient") -> _Kind:
    return kind(
        stack.addresses,
        stack.parameter("ApplicationId"),
        api_key=StackApiKey(secrets, stack.api_key_secret_arn),
        transport=transport_of(stack, secrets),
    )
