"""The stack's secret that holds the API key of The Things Stack: read it, its former value, and write it."""

from typing import TYPE_CHECKING

from workflows.adapters.aws import transient_errors_mapped

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


class KeySecret:
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
