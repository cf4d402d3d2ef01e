"""A log stream's name has no ``:`` and no ``*``; a function's in a log group that it was given names the function.

Sources: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html
and https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-loggroups.html
"""

import re
import threading
from typing import Any

from local.ministack.patching import Operation, Patch, Replacement, Response, ministack_module, refused

_NAME = re.compile(r"[^:*]{1,512}")
# <yyyy>/<mm>/<dd>/[<version>]<instance>, as in a function's own group.
_OF_A_FUNCTION = re.compile(r"(\d{4}/\d\d/\d\d/)(\[[^]]+\])(\w+)")
# Invocations end in threads of their own, and all functions write to one group.
_WRITING = threading.Lock()


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

    MiniStack makes a stream for each invocation: it is the group's newest.
    """

    def emit_logs(function: dict[str, Any], *more: object, **named: object) -> None:
        config = function.get("config") or function
        group = (config.get("LoggingConfig") or {}).get("LogGroup", "")
        with _WRITING:
            original(function, *more, **named)
            if group not in ("", f"/aws/lambda/{config['FunctionName']}"):
                _rename_newest(ministack_module("services.cloudwatch_logs")._log_groups[group]["streams"], config)

    return emit_logs


def _rename_newest(streams: dict[str, Any], config: dict[str, Any]) -> None:
    name = next(reversed(streams), "")
    if parts := _OF_A_FUNCTION.fullmatch(name):
        date, version, instance = parts.groups()
        streams[f"{date}{config['FunctionName']}{version}[{instance}]"] = streams.pop(name)


PATCHES = (Patch("services.cloudwatch_logs", "_create_log_stream", "99fc231b9677", _named),)
