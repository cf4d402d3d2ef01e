"""A log stream's name has no ``:`` and no ``*``.

Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html
"""

import re
from typing import Any

from local.ministack.patching import Operation, Patch, Response, refused

_NAME = re.compile(r"[^:*]{1,512}")


def _named(original: Operation) -> Operation:
    def create_log_stream(request: dict[str, Any]) -> Response:
        name = request.get("logStreamName") or ""
        if _NAME.fullmatch(name):
            return original(request)
        return refused(
            "InvalidParameterException",
            f"1 validation error detected: Value '{name}' at 'logStreamName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [^:*]*",
        )

    return create_log_stream


PATCHES = (Patch("services.cloudwatch_logs", "_create_log_stream", "99fc231b9677", _named),)
