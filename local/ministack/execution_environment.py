"""Execution environments as AWS has them: kept after a handler's exception, with one copy of the code, and bounded.

MiniStack's own worker reports no exception's class, ends its process after each one, unpacks the whole bundle for every
process and starts as many as there are events: on two cores ten changes at once then took half a minute a step.
"""

import json
import threading
import time
from collections import defaultdict
from typing import Any

from local.ministack.function_environment import environment_of
from local.ministack.patching import Mend, Replacement, ministack_module
from local.ministack.runtime_process import RuntimeExitError, RuntimeProcess, RuntimeTimeoutError
from local.ministack.task_root import task_root_of

ENVIRONMENTS_PER_FUNCTION = 4  # further events wait their turn, where AWS would start another one
DEFAULT_TIMEOUT_S = 3

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
        self._runtime: RuntimeProcess | None = None
        self._proc: Any = None

    def invoke(self, event: object, request_id: str, trace_id: str | None) -> Result:
        """Run one event; the result has MiniStack's shape: ``body``, ``log`` and, if it failed, ``error``."""
        runtime = self._started()
        timeout_s = float(self.config.get("Timeout", DEFAULT_TIMEOUT_S))
        line = json.dumps(self._invocation(event, request_id, trace_id, timeout_s)).encode()
        try:
            return _result(json.loads(runtime.exchange(line, timeout_s)), runtime.take_log())
        except RuntimeTimeoutError:
            return self._ended(runtime, "Sandbox.Timedout", f"Task timed out after {timeout_s:.2f} seconds", request_id)
        except RuntimeExitError as error:
            return self._ended(runtime, "Runtime.ExitError", str(error), request_id)

    def _started(self) -> RuntimeProcess:
        if self._runtime is None or self._proc is None or not self._runtime.alive():
            self._discard_tmpdir()
            self._runtime = RuntimeProcess(environment_of(self.config, task_root_of(self._bundle)))
            self._proc = self._runtime.process
        return self._runtime

    def _invocation(self, event: object, request_id: str, trace_id: str | None, timeout_s: float) -> dict[str, Any]:
        return {
            "event": event,
            "request_id": request_id,
            "trace_id": trace_id,
            "function_arn": self.config["FunctionArn"],
            "deadline_ms": int((time.time() + timeout_s) * 1000),
        }

    def _ended(self, runtime: RuntimeProcess, error_type: str, text: str, request_id: str) -> Result:
        log = runtime.take_log()
        self._discard_tmpdir()
        message = f"RequestId: {request_id} Error: {text}"
        return {"body": {"errorType": error_type, "errorMessage": message}, "error": True, "log": f"{log}{message}"}

    def _discard_tmpdir(self) -> None:
        if self._runtime is not None:
            self._runtime.stop()
        self._runtime = self._proc = None


def _result(answer: dict[str, Any], log: str) -> Result:
    if "failure" in answer:
        return {"body": answer["failure"], "error": True, "log": log}
    return {"body": answer["result"], "log": log}


def execute(function: dict[str, Any], event: object, request_id: str) -> Result:
    """Run one event in a free environment of the function's pool, waiting for one if all are taken."""
    config = function.get("config") or function
    lambda_service, runtime = ministack_module("services.lambda_svc"), ministack_module("core.lambda_runtime")
    lambda_service._ensure_reaper_thread()
    with _places[config["FunctionArn"]]:
        environment, _ = runtime.acquire_worker(
            config["FunctionName"], config, function["code_zip"], qualifier=config.get("Version", "$LATEST")
        )
        try:
            result: Result = environment.invoke(event, request_id, lambda_service._xray_trace_id_for_invocation(config))
            return result
        finally:
            runtime.release_worker(environment)


def _own_environments(_original: Replacement) -> Replacement:
    return lambda _config: ExecutionEnvironment


def _own_execution(_original: Replacement) -> Replacement:
    return execute


MENDS = (
    Mend("core.lambda_runtime", "_worker_class_for", "b5a23849280a", _own_environments),
    Mend("services.lambda_svc", "_execute_function_warm", "62b9218bef5b", _own_execution),
)
