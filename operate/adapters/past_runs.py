"""Runs of the state machine: read their input, start one again, find the failed ones."""

from collections.abc import Iterator
from dataclasses import field
from typing import TYPE_CHECKING

from operate.errors import WrongInputError
from workflows.values import value

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.literals import ExecutionStatusType

_FAILED: tuple["ExecutionStatusType", ...] = ("FAILED", "TIMED_OUT", "ABORTED")


@value
class PastRun:
    name: str
    status: str
    event_text: str = field(repr=False)


@value
class FailedRun:
    name: str
    execution_arn: str
    status: str


class PastRuns:
    def __init__(self, client: "SFNClient", state_machine_arn: str) -> None:
        self._client = client
        self._state_machine_arn = state_machine_arn

    def read(self, execution_arn: str) -> PastRun:
        """Raise ``WrongInputError`` if there is no such run of this stack."""
        if not execution_arn.startswith(self._state_machine_arn.replace(":stateMachine:", ":execution:") + ":"):
            raise WrongInputError(
                f"{execution_arn} is not an execution of this stack's state machine {self._state_machine_arn}."
            )
        try:
            found = self._client.describe_execution(executionArn=execution_arn)
        except self._client.exceptions.ExecutionDoesNotExist as error:
            raise WrongInputError(
                f"Step Functions does not know {execution_arn}. It deletes runs 90 days after their end."
            ) from error
        return PastRun(found["name"], found["status"], found.get("input", ""))

    def start(self, name: str, event_text: str) -> str:
        """Return the ARN of the new run."""
        started = self._client.start_execution(stateMachineArn=self._state_machine_arn, name=name, input=event_text)
        return started["executionArn"]

    def status(self, execution_arn: str) -> str:
        """DescribeExecution may not know a run that has just been started."""
        try:
            return self._client.describe_execution(executionArn=execution_arn, includedData="METADATA_ONLY")["status"]
        except self._client.exceptions.ExecutionDoesNotExist:
            return "RUNNING"

    def failed(self, at_most: int) -> Iterator[FailedRun]:
        """Return failed runs, the latest ``at_most`` of each end status."""
        for status in _FAILED:
            answer = self._client.list_executions(
                stateMachineArn=self._state_machine_arn, statusFilter=status, maxResults=at_most
            )
            for run in answer["executions"]:
                yield FailedRun(run["name"], run["executionArn"], run["status"])
