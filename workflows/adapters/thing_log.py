"""The log group of things in CloudWatch Logs, a stream per thing."""

import json
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import orjson
from botocore.exceptions import ClientError

from workflows.adapters.aws import code_of
from workflows.ports.reporting import ThingLog

if TYPE_CHECKING:
    from mypy_boto3_logs import CloudWatchLogsClient

# Thing names may hold colons, stream names may not; a thing's name cannot hold a dot, so no two streams coincide.
_COLON = "."


def stream_name(thing_name: str) -> str:
    return thing_name.replace(":", _COLON)


class CloudWatchThingLog(ThingLog):
    def __init__(self, client: "CloudWatchLogsClient", log_group: str) -> None:
        self._client = client
        self._log_group = log_group

    def write(self, thing_name: str, line: Mapping[str, object], *, is_first: bool = False) -> None:
        """Make the stream only for a first line or where it is missing: CreateLogStream has a quota of 50 a second."""
        stream, text = stream_name(thing_name), _shown(orjson.dumps(line).decode())
        if is_first:
            self._make(stream)
        try:
            self._put(stream, text)
        except self._client.exceptions.ResourceNotFoundException:
            self._make(stream)
            self._put(stream, text)

    def _put(self, stream: str, text: str) -> None:
        self._client.put_log_events(
            logGroupName=self._log_group,
            logStreamName=stream,
            logEvents=[{"timestamp": time.time_ns() // 1_000_000, "message": text}],
        )

    def _make(self, stream: str) -> None:
        try:
            self._client.create_log_stream(logGroupName=self._log_group, logStreamName=stream)
        except ClientError as error:
            if code_of(error) != "ResourceAlreadyExistsException":
                raise


def _shown(text: str) -> str:
    """Escape what a terminal would obey or not show: people follow logs there, and names come from outside."""
    return "".join(each if each.isprintable() else json.dumps(each)[1:-1] for each in text)
