"""Runs in each function's process, where AWS has its runtime client: one event per line in, one answer per line out.

An empty line comes first, once the handler is imported or could not be.
``fork_server`` begins the process with the function's environment and nothing else, without this machine's libraries,
so that one that is missing from the bundle is missing here too. Answers have the shape of AWS's runtime client:
``{"result": ...}`` or ``{"failure": {"errorMessage", "errorType", "requestId", "stackTrace"}}``.
Source: aws-lambda-python-runtime-interface-client, bootstrap.py.
"""

import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any, TextIO

Handler = Callable[[Any, "Context"], Any]
Answer = dict[str, Any]


@dataclass(slots=True)
class Context:
    """What a handler gets as its second argument."""

    aws_request_id: str
    invoked_function_arn: str
    deadline_ms: int
    function_name: str
    function_version: str
    memory_limit_in_mb: str
    log_group_name: str
    log_stream_name: str
    identity: None = None
    client_context: None = None

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self.deadline_ms - int(time.time() * 1000))


class HandlerNotFoundError(Exception):
    """``_HANDLER`` names something that its module does not have."""


def main(events: TextIO, answers: TextIO) -> None:
    started = started_handler()
    answers.write("\n")
    answers.flush()
    for line in events:
        answer = started if isinstance(started, dict) else invoke(started, json.loads(line))
        sys.stdout.flush()
        sys.stderr.flush()
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
        if answer is started:
            sys.exit(1)


def started_handler() -> Handler | Answer:
    """Import the handler; a failure is the answer to the first event, as in AWS."""
    sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
    module_name, _, function_name = os.environ["_HANDLER"].rpartition(".")
    try:
        module = importlib.import_module(module_name.replace("/", "."))
        return handler_of(module, function_name)
    except ImportError as error:
        return failed(error, "Runtime.ImportModuleError", message=f"Unable to import module '{module_name}': {error}")
    except HandlerNotFoundError as error:
        return failed(error, "Runtime.HandlerNotFound")
    except Exception as error:  # noqa: BLE001 - whatever the module raises is the function's failure
        return failed(error)


def handler_of(module: ModuleType, function_name: str) -> Handler:
    handler: Handler | None = getattr(module, function_name, None)
    if handler is None:
        raise HandlerNotFoundError(f"Handler '{function_name}' missing on module '{module.__name__}'")
    return handler


def invoke(handler: Handler, invocation: dict[str, Any]) -> Answer:
    context = context_of(invocation)
    set_trace_id(invocation["trace_id"])
    try:
        result = handler(invocation["event"], context)
    except Exception as error:  # noqa: BLE001 - likewise
        return failed(error, request_id=context.aws_request_id)
    try:
        json.dumps(result)
    except (TypeError, ValueError) as error:
        text = f"Unable to marshal response: {error}"
        return failed(error, "Runtime.MarshalError", message=text, request_id=context.aws_request_id)
    return {"result": result}


def context_of(invocation: dict[str, Any]) -> Context:
    return Context(
        aws_request_id=invocation["request_id"],
        invoked_function_arn=invocation["function_arn"],
        deadline_ms=invocation["deadline_ms"],
        function_name=os.environ["AWS_LAMBDA_FUNCTION_NAME"],
        function_version=os.environ["AWS_LAMBDA_FUNCTION_VERSION"],
        memory_limit_in_mb=os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
        log_group_name=os.environ["AWS_LAMBDA_LOG_GROUP_NAME"],
        log_stream_name=os.environ["AWS_LAMBDA_LOG_STREAM_NAME"],
    )


def set_trace_id(trace_id: str | None) -> None:
    os.environ.pop("_X_AMZN_TRACE_ID", None)
    if trace_id:
        os.environ["_X_AMZN_TRACE_ID"] = trace_id


def failed(error: Exception, error_type: str = "", *, message: str = "", request_id: str = "") -> Answer:
    """Log the failure as AWS does, and return it; by default it bears the exception's class name and text."""
    frames = traceback.extract_tb(error.__traceback__)[1:]  # without our own
    stack = traceback.format_list(frames)
    failure = {
        "errorMessage": message or str(error),
        "errorType": error_type or type(error).__name__,
        "requestId": request_id,
        "stackTrace": stack,
    }
    sys.stdout.write(log_entry(failure) + "\n")
    return {"failure": failure}


def log_entry(failure: dict[str, Any]) -> str:
    if os.environ.get("AWS_LAMBDA_LOG_FORMAT") == "JSON":
        return json.dumps(
            {"level": "ERROR", "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), **failure}
        )
    trace = "".join(failure["stackTrace"])
    return f"[ERROR] {failure['errorType']}: {failure['errorMessage']}\nTraceback (most recent call last):\n{trace}"
