"""The stack's own secrets in Secrets Manager: its API key, the webhook's, and what fingerprints are made under."""

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from workflows.adapters.aws import code_of, transient_errors_mapped
from workflows.errors import StackConfigurationError
from workflows.ports.configuring import StackSecrets

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

# A rotated key is noticed at once, since a refused one is read again; this bounds how long an unused one lives on.
MAX_AGE_S = 300


class StackSecret:
    """A secret of the stack's own, cached for the life of the Lambda instance, at most ``MAX_AGE_S``.

    ``stage``: ``AWSCURRENT``, or ``AWSPREVIOUS`` for the value before that.
    """

    def __init__(
        self,
        client: "SecretsManagerClient",
        secret_arn: str,
        *,
        stage: str = "AWSCURRENT",
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._secret_arn = secret_arn
        self._stage = stage
        self._clock = clock
        self._known, self._read_at = "", -math.inf

    def current(self) -> str:
        """Return the secret, as known if it is; raise as ``refreshed``."""
        is_fresh = self._clock() - self._read_at < MAX_AGE_S
        return self._known if is_fresh else self.refreshed()

    def refreshed(self) -> str:
        """Ask Secrets Manager even if the secret is known.

        Raises:
            StackConfigurationError: it is not there or may not be read.
        """
        try:
            with transient_errors_mapped():
                answer = self._client.get_secret_value(SecretId=self._secret_arn, VersionStage=self._stage)
        except ClientError as error:
            raise StackConfigurationError(
                f"The stack cannot read its own secret {self._secret_arn} ({code_of(error)}). Restore it "
                "or deploy the stack again, then redrive."
            ) from error
        self._known, self._read_at = answer.get("SecretString", "").strip(), self._clock()
        return self._known


class CertificateAuthorities:
    """The bundle of certificate authorities that the stack trusts beside the public ones; it may be another's secret.

    ``secret_arn`` is empty where there is none.
    """

    def __init__(self, client: "SecretsManagerClient", secret_arn: str) -> None:
        self._secret = StackSecret(client, secret_arn) if secret_arn else None
        self._secret_arn = secret_arn

    def read(self) -> str | None:
        """Read the bundle, as it is now; None if the stack has none.

        Raises:
            StackConfigurationError: it is not there or may not be read.
        """
        try:
            return self._secret.refreshed() if self._secret else None
        except StackConfigurationError as error:
            reason = code_of(error.__cause__) if isinstance(error.__cause__, ClientError) else "no answer"
            raise StackConfigurationError(
                f"The stack cannot read the secret of the parameter CertificateAuthoritySecretArn, {self._secret_arn} "
                f"({reason}). It must be in the stack's region, and if it is encrypted with a key of yours, the key's "
                "policy must allow the roles of the functions kms:Decrypt."
            ) from error


class ConfigurationSecrets(StackSecrets):
    """The secrets that Configure needs, read again each time: it runs when they have changed."""

    def __init__(self, client: "SecretsManagerClient", *, api_key_secret_arn: str, webhook_secret_arn: str) -> None:
        self._api_key = StackSecret(client, api_key_secret_arn)
        self._previous_api_key = StackSecret(client, api_key_secret_arn, stage="AWSPREVIOUS")
        self._webhook_secret = StackSecret(client, webhook_secret_arn)

    def api_key(self) -> str:
        return self._api_key.refreshed()

    def previous_api_key(self) -> str:
        return self._previous_api_key.refreshed()

    def webhook_secret(self) -> str:
        return self._webhook_secret.refreshed()


class FingerprintSecret:
    """What the fingerprints of root keys are made under."""

    def __init__(self, secret: StackSecret) -> None:
        self._secret = secret

    def __call__(self) -> bytes:
        return self._secret.current().encode()
