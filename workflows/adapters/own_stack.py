"""The stack that a function is part of, as CloudFormation knows it."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from workflows.adapters.aws import code_of, transient_errors_mapped
from workflows.errors import StackConfigurationError
from workflows.ports.configuring import OwnStack

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


class CloudFormationOwnStack(OwnStack):
    def __init__(self, client: "CloudFormationClient", stack_id: str) -> None:
        self._client = client
        self._stack_id = stack_id

    def status(self) -> str:
        try:
            with transient_errors_mapped():
                [stack] = self._client.describe_stacks(StackName=self._stack_id)["Stacks"]
        except ClientError as error:
            raise StackConfigurationError(
                f"CloudFormation does not say the status of {self._stack_id} ({code_of(error)})."
            ) from error
        return stack["StackStatus"]
