"""The findings of a run of the function Reconcile, in its log group."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from operate.views.last_run import FindingLine
from workflows.domain.drift.reconciling import RunRecord

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient


def findings_of(client: "CloudWatchLogsClient", stack_name: str, run: RunRecord) -> list[FindingLine]:
    """Return the lines of a run; none if it found nothing, or if they are older than the log group keeps them.

    Lambda begins an invocation again that fails: only the last attempt counts, and the last line of each finding.
    """
    lines = _lines(client, f"/thethings/lorawan/{stack_name}/reconcile", run)
    return list({_finding(each): each for each in lines}.values())


def _finding(line: FindingLine) -> tuple[str | None, ...]:
    """Return what distinguishes findings; the text may change with each look."""
    whose = line["thingId"], line["deviceId"]
    return (line["kind"], *whose, None if any(whose) else line["text"])


def _lines(client: "CloudWatchLogsClient", log_group: str, run: RunRecord) -> Iterator[FindingLine]:
    token: dict[str, str] = {}
    while True:
        try:
            page = client.get_log_events(
                logGroupName=log_group,
                logStreamName=run.run,
                startTime=int(run.begun.timestamp() * 1000),
                startFromHead=True,
                **token,  # type: ignore[arg-type]  # mypy cannot see that it is nextToken alone
            )
        except client.exceptions.ResourceNotFoundException:
            return
        yield from (json.loads(event["message"]) for event in page["events"])
        if token.get("nextToken") == page["nextForwardToken"]:
            return
        token = {"nextToken": page["nextForwardToken"]}
