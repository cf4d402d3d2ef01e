"""Background processes that outlive the command that started them, and are reliably found again.

A daemon holds a lock on its pid file for as long as it lives, so a stale file is never mistaken for a running process,
even if the system has reused its number.
"""

import contextlib
import fcntl
import os
import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from local.listeners import listener_on
from local.places import HOST, PORT_VARIABLES, ROOT
from local.private import OWNER_ONLY, private_folder, write_private
from local.waiting import eventually

# A busy machine may take long; the wait ends as soon as the daemon serves.
READY_TIMEOUT_S = 180.0
STOP_TIMEOUT_S = 30.0
ANSWER_TIMEOUT_S = 10.0
POLL_S = 0.05

# The shell puts the daemon in the background and ends, so that it is nobody's child and leaves no zombie.
_IN_BACKGROUND = 'exec >>"$1" 2>&1 </dev/null; shift; "$@" &'


class PortTakenError(Exception):
    """A daemon cannot listen where it should; the text names what is in its way."""


class NotReadyError(Exception):
    """The daemon ended or did not answer in time; the text names its log."""


@dataclass(frozen=True, slots=True)
class Daemon:
    """One background process on one loopback port.

    Attributes:
        ready_path: answers 200 as soon as the daemon serves.
        folder: keeps ``<name>.pid``, ``<name>.port`` and ``<name>.log``.
        environment: all that it finds, beside PATH and HOME. Secrets go here: every user may see a command's words.
    """

    name: str
    command: tuple[str, ...]
    port: int
    ready_path: str
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def running(self) -> bool:
        with self._lock() as lock:
            return lock is None

    def displaced(self) -> bool:
        """Whether another program listens where it would."""
        with self._lock() as lock:
            return lock is not None and self._port_is_taken()

    def start(self) -> None:
        """Start it and wait until it serves; nothing, if it runs.

        Raises:
            PortTakenError: something else listens on its port, or it runs on another one.
            NotReadyError: it ended, or did not answer within three minutes.
        """
        with self._lock() as lock:
            if lock is None:
                self._require_same_port()
            else:
                self._require_free_port()
                self._spawn(lock)
        self._await_ready()

    def stop(self) -> None:
        """End it and what it started; nothing, if it does not run. Its port is free to be chosen again."""
        self._end(signal.SIGTERM)
        self._port_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """End it as a crash would (SIGKILL)."""
        self._end(signal.SIGKILL)

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def _pid_file(self) -> Path:
        return self.folder / f"{self.name}.pid"

    @property
    def _port_file(self) -> Path:
        return self.folder / f"{self.name}.port"

    @contextlib.contextmanager
    def _lock(self) -> Iterator[int | None]:
        """The locked pid file, or None if the daemon holds it."""
        private_folder(self.folder)
        descriptor = os.open(self._pid_file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            yield descriptor
        except BlockingIOError:
            yield None
        finally:
            os.close(descriptor)

    def _spawn(self, lock: int) -> None:
        shell = subprocess.Popen(
            ["/bin/sh", "-c", _IN_BACKGROUND, "sh", str(self.log), *self.command],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **self.environment},
            pass_fds=(lock,),
            start_new_session=True,  # its process group bears the shell's number
            umask=OWNER_ONLY,
        )
        shell.wait()
        self._pid_file.write_text(str(shell.pid))
        write_private(self._port_file, str(self.port))

    def _require_free_port(self) -> None:
        if self._port_is_taken():
            variable = PORT_VARIABLES.get(self.name)
            other = f", or choose another port: {variable}={self.port + 1} make up" if variable else ""
            raise PortTakenError(
                f"{HOST}:{self.port}, where {self.name} would listen, is taken by {listener_on(self.port)}. "
                f"Stop that program{other}."
            )

    def _require_same_port(self) -> None:
        started_on = self._port_file.read_text() if self._port_file.exists() else ""
        if started_on and started_on != str(self.port):
            raise PortTakenError(
                f"{self.name} runs on port {started_on}, not on {self.port}. To move it: make down, then make up again."
            )

    def _port_is_taken(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex((HOST, self.port)) == 0

    def _await_ready(self) -> None:
        serves = eventually(
            self._serves,
            lambda serves: serves or not self.running(),
            timeout_s=READY_TIMEOUT_S,
            every_s=POLL_S,
        )
        if not serves:
            raise NotReadyError(f"{self.name} is not up; its output is in {self.log}")

    def _serves(self) -> bool:
        try:
            address = f"http://{HOST}:{self.port}{self.ready_path}"
            with urllib.request.urlopen(address, timeout=ANSWER_TIMEOUT_S) as answer:  # nosec B310
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _end(self, first_signal: signal.Signals) -> None:
        if self.running():
            self._signal(first_signal)
            if not self._ends():
                self._signal(signal.SIGKILL)
                self._ends()
        self._pid_file.unlink(missing_ok=True)

    def _signal(self, number: signal.Signals) -> None:
        """Signal the daemon and what it started; it may be ending by itself at this very moment."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(int(self._pid_file.read_text()), number)

    def _ends(self) -> bool:
        return eventually(lambda: not self.running(), timeout_s=STOP_TIMEOUT_S, every_s=POLL_S)
