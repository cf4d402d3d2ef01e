"""Execution environments as AWS has them: they survive a handler's exception, with one copy of the code, and bounded.

MiniStack's own worker reports no exception's class, ends its process after each one, unpacks the whole bundle for every
process and starts as many as there are events: on two cores ten changes at once then took half a minute a step.
"""

import contextlib
import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from local.ministack.function_environment import environment_of
from local.ministack.patching import Patch, Replacement, ministack_module
from local.ministack.runtime_process import RuntimeExitError, RuntimeProcess, RuntimeTimeoutError
from local.ministack.task_root import task_root_of

ENVIRONMENTS_PER_FUNCTION = 4  # further events wait their turn for a while, where AWS would start another one
LONGEST_WAIT_S = 10.0  # half of the shortest task timeout, so that no run times out by waiting; then it is throttled
DEFAULT_TIMEOUT_S = 3
# A function's timeout begins after its start, as in AWS, which gives a start 10 s; a laptop at work needs more.
START_TIMEOUT_S = 120.0

Result = dict[str, Any]

_places: dict[str, threading.BoundedSemaphore] = defaultdict(
    lambda: threading.BoundedSemaphore(ENVIRONMENTS_PER_FUNCTION)
)


class ExecutionEnvironment:
    """One process for one function, started by the first event. MiniStack's pool leases, reaps and kills it.

    The pool reads and writes ``in_use``, ``last_used``, ``config`` and ``_proc`` and calls ``_discard_tmpdir``.
    """

    def __init__(self, _function_name: str, config: dict[str, Any], bundle: bytes) -> None:
        self.config = config
        self.in_use = False
        self.last_used = time.time()
        self._bundle = bundle
        self._alone = threading.RLock()  # the pool may kill it in the middle of an event
        self._runtime: RuntimeProcess | None = None
        self._proc: Any = None

    def invoke(self, event: object, request_id: str, *, trace_id: str | None) -> Result:
        """Run one event; the result has MiniStack's shape: ``body``, ``log`` and, if it failed, ``error``."""
        with self._alone:
            return self._invoke(event, request_id, trace_id)

    def _invoke(self, event: object, request_id: str, trace_id: str | None) -> Result:
        runtime = self._runtime_at_hand()
        timeout_s = float(self.config.get("Timeout", DEFAULT_TIMEOUT_S))
        try:
            runtime.await_start(START_TIMEOUT_S)
            invocation = {"event": event, "request_id": request_id, "trace_id": trace_id, **self._terms(timeout_s)}
            answer = runtime.exchange(json.dumps(invocation).encode(), timeout_s)
            return _result(json.loads(answer), runtime.take_log())
        except RuntimeTimeoutError:
            text = f"Task timed out after {timeout_s:.2f} seconds"
            return self._ended(runtime, "Sandbox.Timedout", f"RequestId: {request_id} Error: {text}")
        except RuntimeExitError as error:
            return self._ended(runtime, "Runtime.ExitError", f"RequestId: {request_id} Error: {error}")

    def _runtime_at_hand(self) -> RuntimeProcess:
        if self._runtime is None or self._proc is None or not self._runtime.alive():
            self._discard_tmpdir()
            self._runtime = RuntimeProcess(environment_of(self.config, task_root_of(self._bundle)))
            self._proc = self._runtime.process
        return self._runtime

    def _terms(self, timeout_s: float) -> dict[str, Any]:
        deadline_ms = int((time.time() + timeout_s) * 1000)
        return {"function_arn": self.config["FunctionArn"], "deadline_ms": deadline_ms}

    def _ended(self, runtime: RuntimeProcess, error_type: str, message: str) -> Result:
        log = runtime.take_log() + message
        self._discard_tmpdir()
        return {"body": {"errorType": error_type, "errorMessage": message}, "error": True, "log": log}

    def _discard_tmpdir(self) -> None:
        with self._alone:
            if self._runtime is not None:
                self._runtime.stop()
            self._runtime = self._proc = None


def _result(answer: dict[str, Any], log: str) -> Result:
    if "failure" in answer:
        return {"body": answer["failure"], "error": True, "log": log}
    return {"body": answer["result"], "log": log}


def execute(function: dict[str, Any], event: object, request_id: str) -> Result:
    """Run one event in a free environment of the function's pool, waiting for one if all are in use."""
    config = function.get("config") or function
    lambda_service, runtime = ministack_module("services.lambda_svc"), ministack_module("core.lambda_runtime")
    lambda_service._ensure_reaper_thread()
    with _place(config["FunctionArn"]) as is_free:
        if not is_free and not _is_batch(event):
            refusal: Result = lambda_service._throttle_response(
                "ConcurrentInvocationLimitExceeded", f"Rate Exceeded: {config['FunctionName']} has no free environment"
            )
            return refusal
        environment, _ = runtime.acquire_worker(
            config["FunctionName"], config, function["code_zip"], qualifier=config.get("Version", "$LATEST")
        )
        try:
            trace_id = lambda_service._xray_trace_id_for_invocation(config)
            result: Result = environment.invoke(event, request_id, trace_id=trace_id)
            return result
        finally:
            runtime.release_worker(environment)


def _is_batch(event: object) -> bool:
    """A queue's poller keeps to its MaximumConcurrency; throttled, its batch would be hidden for minutes."""
    return isinstance(event, dict) and "Records" in event


@contextlib.contextmanager
def _place(function_arn: str) -> Iterator[bool]:
    is_free = _places[function_arn].acquire(timeout=LONGEST_WAIT_S)
    try:
        yield is_free
    finally:
        if is_free:
            _places[function_arn].release()


def _own_environments(_original: Replacement) -> Replacement:
    return lambda _config: ExecutionEnvironment


def _own_execution(_original: Replacement) -> Replacement:
    return execute


PATCHES = (
    Patch("core.lambda_runtime", "_worker_class_for", "b5a23849280a", _own_environments),
    Patch("services.lambda_svc", "_execute_function_warm", "62b9218bef5b", _own_execution),
)
