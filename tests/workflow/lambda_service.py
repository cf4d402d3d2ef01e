"""AWS Lambda as the state machine meets it: payloads are JSON, an exception is its class name and its text."""

import importlib
import json
import re
import sys
import threading
import traceback
from collections import defaultdict, deque
from dataclasses import dataclass

from tests.patience import PATIENCE_S


@dataclass(frozen=True)
class Context:
    """What a handler may ask the runtime; the time left is that of a function which has just begun."""

    function_name: str
    remaining_ms: int = 300_000
    memory_limit_in_mb: int = 128
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:123456789012:function:any"
    aws_request_id: str = "52fdfc07-2182-454f-963f-5f0f9a621d72"

    def get_remaining_time_in_millis(self):
        return self.remaining_ms


class LambdaService:
    """Runs the project's handlers by the name of their state, unless a test orders a failure.

    ``remaining_ms``: the time that each function has.
    ``invoked``: the states in the order of their calls. ``hanging``: the states whose functions do not answer.
    ``amended``: by their states, functions that change what others answered, as another version of them would.
    """

    def __init__(self):
        self.invoked, self.remaining_ms = [], Context.remaining_ms
        self.hanging, self._released = set(), threading.Event()
        self._paused, self.amended = {}, {}
        self._failures = defaultdict(deque)

    def goes_wrong(self, state, error_name, *, times=1):
        """Let the service itself, or a handler's runtime, fail the next calls of a function."""
        self._failures[state].extend([error_name] * times)

    def pause_before(self, state):
        """Let the next call of a function begin only once the returned event is set."""
        self._paused[state] = threading.Event()
        return self._paused[state]

    def release(self):
        """Let the functions that hang come to their end."""
        self._released.set()

    def invoke(self, parameters, **_region_and_credentials):
        """Stand in for moto's call of Lambda."""
        state = parameters["FunctionName"].rpartition(":")[2].removesuffix("Function")
        self.invoked.append(state)
        if going_on := self._paused.pop(state, None):
            going_on.wait(PATIENCE_S)
        if state in self.hanging:
            self._released.wait()
            return _failed({"errorType": "Sandbox.Timedout", "errorMessage": "long after its caller has gone"})
        if self._failures[state]:
            return _failed({"errorType": self._failures[state].popleft(), "errorMessage": "simulated"})
        try:
            answer = _handler(state)(json.loads(parameters["Payload"]), Context(state, self.remaining_ms))
            return {"Payload": _through_json(self.amended.get(state, lambda same: same)(answer))}
        except Exception as error:  # noqa: BLE001  # the runtime catches whatever a handler raises
            return _failed(_described(error))


def _handler(state):
    module = re.sub(r"(?<!^)(?=[A-Z])", "_", state).lower()
    return importlib.import_module(f"functions.{module}").handler


def _through_json(payload):
    return json.loads(json.dumps(payload))


def _failed(payload):
    """Log the error as the runtime does, and answer with it."""
    print(f"[ERROR] {json.dumps(payload)}", file=sys.stderr)  # noqa: T201
    return {"FunctionError": "Unhandled", "Payload": payload}


def _described(error):
    return {
        "errorMessage": str(error),
        "errorType": type(error).__name__,
        "requestId": Context.aws_request_id,
        "stackTrace": traceback.format_tb(error.__traceback__),
    }
