"""Functions' processes, forked from one that has imported their bundle's libraries."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from local.ministack.function_environment import local_cloud
from local.waiting import eventually

FORK_SERVER = Path(__file__).with_name("fork_server.py")
POLL_S = 0.005
FOREVER_S = 600.0


class ForkServer:
    """The process that functions' processes of one bundle are forked from. It ends with the emulator."""

    def __init__(self, task_root: Path) -> None:
        self._orders, its = socket.socketpair()
        self._alone = threading.Lock()
        self._process = subprocess.Popen(
            [sys.executable, "-S", "-P", "-u", str(FORK_SERVER), str(its.fileno())],
            cwd=task_root,
            env=local_cloud(),
            stdin=subprocess.DEVNULL,
            pass_fds=(its.fileno(),),
        )
        its.close()

    def begin(self, environment: dict[str, str], *descriptors: int) -> "ForkedProcess":
        """Begin a process that reads events from the first descriptor, answers to the second, prints to the third."""
        return ForkedProcess(self, self._answer({"environment": environment}, *descriptors))

    def status_of(self, number: int) -> int | None:
        status: int | None = self._answer({"pid": number})
        return status

    def _answer(self, order: dict[str, Any], *descriptors: int) -> Any:  # noqa: ANN401 - JSON
        with self._alone:
            socket.send_fds(self._orders, [json.dumps(order).encode() + b"\n"], descriptors)
            answer = b""
            while not answer.endswith(b"\n"):
                answer += self._orders.recv(1024) or b"null\n"
        return json.loads(answer)


_servers: dict[Path, ForkServer] = {}
_beginning = threading.Lock()


def fork_server_of(task_root: Path) -> ForkServer:
    with _beginning:
        if task_root not in _servers:
            _servers[task_root] = ForkServer(task_root)
        return _servers[task_root]


class ForkedProcess:
    """What MiniStack's pool and others use of a ``subprocess.Popen``."""

    def __init__(self, server: ForkServer, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._server = server
        self._alone = threading.Lock()

    def poll(self) -> int | None:
        with self._alone:
            if self.returncode is None:
                self.returncode = self._server.status_of(self.pid)
            return self.returncode

    def wait(self, timeout: float = FOREVER_S) -> int:
        """Return its exit status once it has ended.

        Raises:
            subprocess.TimeoutExpired: it has not.
        """
        status = eventually(self.poll, lambda status: status is not None, timeout_s=timeout, every_s=POLL_S)
        if status is None:
            raise subprocess.TimeoutExpired(str(FORK_SERVER), timeout)
        return status

    def kill(self) -> None:
        if self.poll() is None:
            os.kill(self.pid, signal.SIGKILL)

    terminate = kill
