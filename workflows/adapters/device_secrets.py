"""The secrets in Secrets Manager that things refer to: root keys and claim codes."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from workflows.adapters.aws import code_of, transient_errors_mapped
from workflows.adapters.json_field import field_of
from workflows.domain.identifiers import has_arn_suffix, split_reference
from workflows.ports.secrets import DeviceSecrets

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

# The last two of an ARN that no secret can have; users write it, and may write all that AWS IoT lets attributes hold.
_UNREADABLE = {
    "ResourceNotFoundException",
    "AccessDeniedException",
    "DecryptionFailure",
    "InvalidRequestException",
    "InvalidParameterException",
    "ValidationException",
}


class SecretsManagerDeviceSecrets(DeviceSecrets):
    """Read at every use: a user who corrects a secret runs the event again and expects the new value."""

    def __init__(self, client: "SecretsManagerClient") -> None:
        self._client = client

    def read(self, reference: str) -> str | None:
        secret_arn, json_key = split_reference(reference)
        try:
            with transient_errors_mapped():
                answer = self._client.get_secret_value(SecretId=secret_arn)
        except ClientError as error:
            if code_of(error) in _UNREADABLE:
                return None
            raise
        # Secrets Manager completes an ARN without its end: ``…/pump-sensor`` is no secret of thing ``pump``.
        if has_arn_suffix(secret_arn) and answer["ARN"] != secret_arn:
            return None
        text = answer.get("SecretString")
        return field_of(text, json_key) if text is not None and json_key else text
