"""The histories of runs, and the definition of the state machine that says how often a try is repeated."""

from functools import cached_property
from typing import TYPE_CHECKING

from operate.views.retrying import HistoryEvent
from workflows.domain.naming import execution_arn

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient
    from mypy_boto3_stepfunctions.type_defs import HistoryEventTypeDef

# A try has three events, so this holds the hundred tries that a state makes at most. Input and output are left out.
_EVENTS = 300
_DETAILS = "EventDetails"


class RunHistories:
    def __init__(self, client: "SFNClient", state_machine_arn: str) -> None:
        self._client = client
        self._state_machine_arn = state_machine_arn

    def latest_events(self, run: str) -> list[HistoryEvent]:
        """Return the latest events of a run, the latest first; none if Step Functions does not know it (any more)."""
        try:
            answer = self._client.get_execution_history(
                executionArn=execution_arn(self._state_machine_arn, run),
                reverseOrder=True,
                maxResults=_EVENTS,
                includeExecutionData=False,
            )
        except self._client.exceptions.ExecutionDoesNotExist:
            return []
        return [_event(each) for each in answer["events"]]

    @cached_property
    def definition(self) -> str:
        return self._client.describe_state_machine(stateMachineArn=self._state_machine_arn)["definition"]


def _event(event: "HistoryEventTypeDef") -> HistoryEvent:
    """An event has its details under a key that names its kind."""
    details = next((value for key, value in event.items() if key.endswith(_DETAILS) and isinstance(value, dict)), {})
    return HistoryEvent(
        kind=event["type"],
        at=event["timestamp"],
        state_name=details.get("name", ""),
        error_name=details.get("error", ""),
        cause=details.get("cause", ""),
    )
