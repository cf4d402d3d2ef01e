"""One instance of a function, as Lambda runs it: its init phase, the first invocation, more invocations.

Reads the function's name and its event, prints its CPU times in a last line. Nothing else may be imported here: it
would be ready before its time. At last it is invoked without any call: what its own code takes.
"""

import importlib
import io
import itertools
import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from typing import Any

WARM = 7


# What these know they do not ask again: only long after that is a warm call as much work as the first.
LATER = ("authorize_activity", "mirror_device")


def _let_hours_pass() -> None:
    """Let a day go by between any two looks at the clock."""
    days = itertools.count()
    time.monotonic = lambda: next(days) * 86_400.0


class Context:
    function_name = "thingsync-any"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:eu-west-1:123456789012:function:any"
    aws_request_id = "52fdfc07-2182-454f-963f-5f0f9a621d72"

    def get_remaining_time_in_millis(self) -> int:
        return 890_000


def main() -> None:
    function, event = sys.argv[1], sys.stdin.read()
    if function in LATER:
        _let_hours_pass()
    setattr(time, "sleep", lambda _seconds: None)  # noqa: B010  # Reconcile pauses; what counts is CPU
    began_s = time.process_time()
    handler = importlib.import_module(f"functions.{function}").handler
    init_s = time.process_time() - began_s
    calls = [_invoked(handler, event) for _ in range(1 + WARM)]
    found = {"init_s": init_s, "first_s": calls[0], "warm_s": calls[1:], "own_s": _own(handler, event)}
    sys.stdout.write("\n" + json.dumps(found))


def _invoked(handler: Any, event: str) -> float:
    given = json.loads(event)
    os.environ["_X_AMZN_TRACE_ID"] = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
    began_s = time.process_time()
    handler(given, Context())
    return time.process_time() - began_s


def _own(handler: Any, event: str) -> list[float]:
    """Return the CPU times of invocations without traces and calls: what others say is repeated from memory."""
    import botocore.client  # noqa: PLC0415  # only once all else is measured
    import urllib3  # noqa: PLC0415
    from aws_xray_sdk import global_sdk_config  # noqa: PLC0415

    global_sdk_config.set_sdk_enabled(False)
    memory = _Memory()
    for owner, name in ((botocore.client.BaseClient, "_make_api_call"), (urllib3.HTTPConnectionPool, "urlopen")):
        setattr(owner, name, memory.of(getattr(owner, name)))
    _invoked(handler, event)
    found = []
    for _ in range(WARM):
        memory.next = 0
        found.append(_invoked(handler, event))
    return found


class _Memory:
    """Repeats what was answered to the calls of an invocation, in their order."""

    def __init__(self) -> None:
        self.next = 0
        self._answers: list[Callable[[], Any]] = []
        self._calling = False

    def of(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def remembered(*given: Any, **more: Any) -> Any:
            if self._calling:  # botocore calls urllib3
                return call(*given, **more)
            if self.next == len(self._answers):
                self._answers.append(self._called(call, given, more))
            self.next += 1
            return self._answers[self.next - 1]()

        return remembered

    def _called(self, call: Callable[..., Any], given: tuple[Any, ...], more: dict[str, Any]) -> Callable[[], Any]:
        self._calling = True
        try:
            return _repeatable(call(*given, **more))
        except Exception as refused:  # noqa: BLE001  # whatever it is, it is raised again
            return partial(_raise, refused)
        finally:
            self._calling = False


def _repeatable(answer: Any) -> Callable[[], Any]:
    """Make a shadow, which can be read once, again for each who asks."""
    if not (isinstance(answer, dict) and "payload" in answer):
        return lambda: answer
    read = answer["payload"].read()
    return lambda: {**answer, "payload": io.BytesIO(read)}


def _raise(refused: Exception) -> None:
    raise refused


if __name__ == "__main__":
    main()
