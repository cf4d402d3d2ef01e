"""Runs that have ended: what they were given, and starting one again with the same."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from operate.errors import WrongInputError

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.literals import ExecutionStatusType

_UNHAPPY_ENDS: tuple["ExecutionStatusType", ...] = ("FAILED", "TIMED_OUT", "ABORTED")


@dataclass(frozen=True, slots=True)
class PastRun:
    name: str
    status: str
    event_text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class FailedRun:
    name: str
    execution_arn: str
    status: str
    ended_at: datetime


class PastRuns:
    def __init__(self, client: "SFNClient", state_machine_arn: str) -> None:
        self._client = client
        self._state_machine_arn = state_machine_arn

    def read(self, execution_arn: str) -> PastRun:
        """Raise ``WrongInputError`` if there is no such run of this stack."""
        if not execution_arn.startswith(self._state_machine_arn.replace(":stateMachine:", ":execution:") + ":"):
            raise WrongInputError(f"{execution_arn} is no execution of this stack's machine {self._state_machine_arn}.")
        try:
            found = self._client.describe_execution(executionArn=execution_arn)
        except self._client.exceptions.ExecutionDoesNotExist as error:
            raise WrongInputError(
                f"Step Functions knows no {execution_arn} (it forgets runs 90 days after their end)."
            ) from error
        return PastRun(found["name"], found["status"], found.get("input", ""))

    def start(self, name: str, event_text: str) -> str:
        """Return the ARN of the new run."""
        started = self._client.start_execution(stateMachineArn=self._state_machine_arn, name=name, input=event_text)
        return started["executionArn"]

    def status(self, execution_arn: str) -> str:
        """A run that has just been started may not be known to DescribeExecution yet."""
        try:
            return self._client.describe_execution(executionArn=execution_arn, includedData="METADATA_ONLY")["status"]
        except self._client.exceptions.ExecutionDoesNotExist:
            return "RUNNING"

    def failed(self, at_most: int) -> Iterator[FailedRun]:
        """Find the runs that ended badly, of each kind of end the latest ``at_most``."""
        for end in _UNHAPPY_ENDS:
            answer = self._client.list_executions(
                stateMachineArn=self._state_machine_arn, statusFilter=end, maxResults=at_most
            )
            for run in answer["executions"]:
                yield FailedRun(run["name"], run["executionArn"], run["status"], run["stopDate"])
