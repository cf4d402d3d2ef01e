"""One process that runs one function's handler: events go in, answers come out, prints end in a log of its own."""

import os
import select
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

from local.ministack.forked_process import fork_server_of

EXIT_GRACE_S = 30.0
READ_BYTES = 65536


class RuntimeTimeoutError(Exception):
    """No answer within the function's timeout; the process is gone."""


class RuntimeExitError(Exception):
    """The process ended instead of answering."""


class RuntimeProcess:
    """A started bootstrap. One exchange at a time: who holds the process sees to that."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._log: Any = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 - lives as long as the process
        events_read, self._events = os.pipe()
        self._answers, answers_write = os.pipe()
        bundle = fork_server_of(Path(environment["LAMBDA_TASK_ROOT"]))
        self.process = bundle.begin(environment, events_read, answers_write, self._log.fileno())
        os.close(events_read)
        os.close(answers_write)

        self._has_started = False

    def alive(self) -> bool:
        return self.process.poll() is None

    def await_start(self, timeout_s: float) -> None:
        """Wait until it has imported its handler; raise as ``exchange``."""
        if not self._has_started:
            self._answer_before(time.monotonic() + timeout_s)
            self._has_started = True

    def exchange(self, event: bytes, timeout_s: float) -> bytes:
        """Send one line, return the answer's line.

        Raises:
            RuntimeTimeoutError: no answer in time.
            RuntimeExitError: the process ended; the text names its exit status.
        """
        deadline = time.monotonic() + timeout_s
        try:
            self._send(event + b"\n")
            return self._answer_before(deadline)
        except BrokenPipeError:
            raise self._exit() from None

    def take_log(self) -> str:
        """What was printed since the last call."""
        self._log.seek(0)
        text: str = self._log.read().decode(errors="replace")
        self._log.seek(0)  # the process shares this position
        self._log.truncate(0)
        return text

    def stop(self) -> None:
        """End the process, if it has not ended, and give back what it used."""
        self.process.kill()
        self.process.wait()
        os.close(self._events)
        os.close(self._answers)
        self._log.close()

    def _send(self, line: bytes) -> None:
        while line:
            line = line[os.write(self._events, line) :]

    def _answer_before(self, deadline: float) -> bytes:
        answer = b""
        while not answer.endswith(b"\n"):
            self._wait_readable(deadline)
            chunk = os.read(self._answers, READ_BYTES)
            if not chunk:
                raise self._exit()
            answer += chunk
        return answer

    def _wait_readable(self, deadline: float) -> None:
        poller = select.poll()
        poller.register(self._answers, select.POLLIN)
        if not poller.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise RuntimeTimeoutError

    def _exit(self) -> RuntimeExitError:
        try:
            status = self.process.wait(EXIT_GRACE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            status = self.process.wait()
        return RuntimeExitError(f"Runtime exited with error: exit status {status}")
