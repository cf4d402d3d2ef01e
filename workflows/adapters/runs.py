"""Whether a run of the state machine in Step Functions still works."""

from typing import TYPE_CHECKING

from workflows.adapters.aws import transient_errors_mapped
from workflows.domain.naming import execution_arn
from workflows.errors import RegistryThrottledError
from workflows.ports.runs import Runs, RunState

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class StepFunctionsRuns(Runs):
    def __init__(self, client: "SFNClient", state_machine_arn: str) -> None:
        self._client = client
        self._state_machine_arn = state_machine_arn

    def state_of(self, name: str) -> RunState:
        """Throttled counts as running: to wait is safe, to take over is not."""
        arn = execution_arn(self._state_machine_arn, name)
        try:
            with transient_errors_mapped():
                # Metadata alone, as in every read of a run: reading the input would need the key.
                found = self._client.describe_execution(executionArn=arn, includedData="METADATA_ONLY")
        except self._client.exceptions.ExecutionDoesNotExist:
            return "unknown"
        except RegistryThrottledError:
            return "running"
        return "running" if found["status"] == "RUNNING" else "ended"
