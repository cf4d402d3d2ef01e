"""A log stream's name has no ``:`` and no ``*``; a function's in a log group that it was given names the function.

Sources: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html
and https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
"""

import re
from typing import Any

from local.ministack.patching import Operation, Patch, Replacement, Response, ministack_module, refused

_NAME = re.compile(r"[^:*]{1,512}")
# <yyyy>/<mm>/<dd>/[<version>]<instance>, as in a function's own group.
_OF_A_FUNCTION = re.compile(r"(\d{4}/\d\d/\d\d/)(\[[^]]+\])(\w+)")


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


def naming_the_function(original: Replacement) -> Replacement:
    """Rename the stream that an invocation wrote, if its group is not the function's own.

    MiniStack makes a stream for each invocation, whose first line has the request ID.
    """

    def emit_logs(function: dict[str, Any], request_id: str, *more: object, **named: object) -> None:
        original(function, request_id, *more, **named)
        config = function.get("config") or function
        group = (config.get("LoggingConfig") or {}).get("LogGroup", "")
        if group not in ("", f"/aws/lambda/{config['FunctionName']}"):
            streams = ministack_module("services.cloudwatch_logs")._log_groups[group]["streams"]
            _rename(streams, request_id, config["FunctionName"])

    return emit_logs


def _rename(streams: dict[str, Any], request_id: str, function_name: str) -> None:
    for name, stream in reversed(list(streams.items())):
        parts = _OF_A_FUNCTION.fullmatch(name)
        if parts and any(f"RequestId: {request_id} " in line["message"] for line in stream["events"][:1]):
            date, version, instance = parts.groups()
            streams[f"{date}{function_name}{version}[{instance}]"] = streams.pop(name)
            return


PATCHES = (Patch("services.cloudwatch_logs", "_create_log_stream", "99fc231b9677", _named),)
