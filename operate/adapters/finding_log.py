"""The findings of a run of the function Reconcile, in its log group."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from operate.views.last_run import FindingLine

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient


def findings_of(client: "CloudWatchLogsClient", stack_name: str, run: str) -> Iterator[FindingLine]:
    """Yield the lines of a run; none if it found nothing, or if they are older than the log group keeps them."""
    token: dict[str, str] = {}
    while True:
        try:
            page = client.get_log_events(
                logGroupName=f"/thethings/lorawan/{stack_name}/reconcile",
                logStreamName=run,
                startFromHead=True,
                **token,  # type: ignore[arg-type]  # mypy cannot see that it is nextToken alone
            )
        except client.exceptions.ResourceNotFoundException:
            return
        yield from (json.loads(event["message"]) for event in page["events"])
        if token.get("nextToken") == page["nextForwardToken"]:
            return
        token = {"nextToken": page["nextForwardToken"]}
