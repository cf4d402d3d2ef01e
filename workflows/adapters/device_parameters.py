"""The parameters in Parameter Store (SSM) that things refer to: keys and claim codes."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from workflows.adapters.aws import code_of, transient_errors_mapped
from workflows.adapters.json_field import field_of
from workflows.domain.identifiers import split_reference
from workflows.ports.secrets import DeviceSecrets

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

# InvalidKeyId: its KMS key is disabled or gone. The last of a name or ARN that no parameter can have.
_UNREADABLE = {
    "ParameterNotFound",
    "ParameterVersionNotFound",
    "AccessDeniedException",
    "InvalidKeyId",
    "ValidationException",
}


class SSMDeviceParameters(DeviceSecrets):
    """Read at every use, as secrets are. A parameter that is not encrypted is none: too many people may read it."""

    def __init__(self, client: "SSMClient") -> None:
        self._client = client

    def read(self, reference: str) -> str | None:
        name, json_key = split_reference(reference)
        try:
            with transient_errors_mapped():
                found = self._client.get_parameter(Name=name, WithDecryption=True)["Parameter"]
        except ClientError as error:
            if code_of(error) in _UNREADABLE:
                return None
            raise
        # An ARN of another region or account names no parameter of this stack's.
        if found["Type"] != "SecureString" or name not in (found["Name"], found["ARN"]):
            return None
        return field_of(found["Value"], json_key) if json_key else found["Value"]
