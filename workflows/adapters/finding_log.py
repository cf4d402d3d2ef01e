"""The log group of findings in CloudWatch Logs, a stream per run."""

import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import orjson

from workflows.adapters.aws import transient_errors_mapped
from workflows.ports.reconciling import FindingLog

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient


class CloudWatchFindingLog(FindingLog):
    def __init__(self, client: "CloudWatchLogsClient", log_group: str) -> None:
        self._client = client
        self._log_group = log_group

    def write(self, run: str, lines: Sequence[Mapping[str, object]]) -> None:
        try:
            self._put(run, lines)
        except self._client.exceptions.ResourceNotFoundException:
            self._make(run)
            self._put(run, lines)

    def _put(self, run: str, lines: Sequence[Mapping[str, object]]) -> None:
        now = time.time_ns() // 1_000_000
        with transient_errors_mapped():
            self._client.put_log_events(
                logGroupName=self._log_group,
                logStreamName=run,
                logEvents=[{"timestamp": now, "message": orjson.dumps(line).decode()} for line in lines],
            )

    def _make(self, run: str) -> None:
        try:
            with transient_errors_mapped():
                self._client.create_log_stream(logGroupName=self._log_group, logStreamName=run)
        except self._client.exceptions.ResourceAlreadyExistsException:
            return
