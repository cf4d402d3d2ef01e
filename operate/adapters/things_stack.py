"""The Things Stack as the stack's own functions reach it, for an operator who may read its API key."""

from typing import TYPE_CHECKING

from operate.adapters.stacks import Stack
from operate.batches import WIDTH
from workflows.adapters.aws import passing_trouble_named
from workflows.adapters.things_stack import Addresses, Transport
from workflows.adapters.things_stack.inspection import Inspection

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


class StackApiKey:
    """Reads the key when it is first needed, and again when it is refused."""

    def __init__(self, client: "SecretsManagerClient", secret_arn: str) -> None:
        self._client = client
        self._secret_arn = secret_arn
        self._key = ""

    def current(self) -> str:
        return self._key or self.refreshed()

    def refreshed(self) -> str:
        with passing_trouble_named():
            self._key = self._client.get_secret_value(SecretId=self._secret_arn)["SecretString"].strip()
        return self._key


def inspection(stack: Stack, secrets: "SecretsManagerClient") -> Inspection:
    """Raise ``StackConfigurationError`` if the stack's addresses are none."""
    given = stack.parameters
    return Inspection(
        Addresses.parse(given.get("ClusterAddress", ""), given.get("IdentityServerAddress", "")),
        given.get("ApplicationId", ""),
        api_key=StackApiKey(secrets, stack.api_key_secret_arn),
        transport=Transport(at_once=WIDTH),
    )
