"""The log group of findings in CloudWatch Logs, a stream per run."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import orjson

from workflows.adapters.aws import transient_errors_mapped
from workflows.ports.reconciling import FindingLog

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

# What a call may hold, and what each event of it counts besides its text. Source: API_PutLogEvents.html in the
# CloudWatch Logs API Reference.
CALL_BYTES = 1_048_576
_EVENT_BYTES = 26


class CloudWatchFindingLog(FindingLog):
    def __init__(self, client: "CloudWatchLogsClient", log_group: str) -> None:
        self._client = client
        self._log_group = log_group

    def write(self, run: str, lines: Sequence[Mapping[str, object]]) -> None:
        for messages in _calls_for(map(orjson.dumps, lines)):
            try:
                self._put(run, messages)
            except self._client.exceptions.ResourceNotFoundException:
                self._make(run)
                self._put(run, messages)

    def _put(self, run: str, messages: Sequence[bytes]) -> None:
        now = time.time_ns() // 1_000_000
        with transient_errors_mapped():
            self._client.put_log_events(
                logGroupName=self._log_group,
                logStreamName=run,
                logEvents=[{"timestamp": now, "message": message.decode()} for message in messages],
            )

    def _make(self, run: str) -> None:
        try:
            with transient_errors_mapped():
                self._client.create_log_stream(logGroupName=self._log_group, logStreamName=run)
        except self._client.exceptions.ResourceAlreadyExistsException:
            return


def _calls_for(messages: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Divide the messages into calls; a refused one would end every run before its end."""
    call: list[bytes] = []
    size = 0
    for message in messages:
        added = len(message) + _EVENT_BYTES
        if call and size + added > CALL_BYTES:
            yield call
            call, size = [], 0
        call.append(message)
        size += added
    if call:
        yield call
