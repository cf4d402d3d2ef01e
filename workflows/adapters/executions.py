"""Runs of the state machine in Step Functions."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from workflows.adapters.aws import code_of, transient_errors_mapped
from workflows.domain.naming import execution_arn
from workflows.ports.runs import Executions

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_NOT_FAILED = {"RUNNING", "SUCCEEDED", "PENDING_REDRIVE"}
# Step Functions does not show a run that has just been started, forgets one 90 days after its end, and shows none
# without its key where the account's policies ask for that.
_NOT_SHOWN = {
    "ExecutionDoesNotExist",
    "AccessDeniedException",
    "KmsAccessDeniedException",
    "KmsInvalidStateException",
    "KmsThrottlingException",
}


class StepFunctionsExecutions(Executions):
    def __init__(self, client: "SFNClient", state_machine_arn: str) -> None:
        self._client = client
        self._state_machine_arn = state_machine_arn

    def start(self, name: str, event_text: str) -> bool:
        """Starting a name that runs with the same input is a success to Step Functions, and so here."""
        try:
            with transient_errors_mapped():
                self._client.start_execution(stateMachineArn=self._state_machine_arn, name=name, input=event_text)
        except self._client.exceptions.ExecutionAlreadyExists:
            return False
        return True

    def works_or_succeeded(self, name: str) -> bool:
        arn = execution_arn(self._state_machine_arn, name)
        try:
            with transient_errors_mapped():
                found = self._client.describe_execution(executionArn=arn, includedData="METADATA_ONLY")
        except ClientError as error:
            if code_of(error) in _NOT_SHOWN:
                return False
            raise
        return found["status"] in _NOT_FAILED
