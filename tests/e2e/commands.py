"""The ``thingsync`` command in processes of its own, most of them forked from one that has imported it.

These tests call it more than a hundred times, and most of a short call's time would be the import.
"""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.e2e.field import PATIENCE_S

STREAMS = ("stdin", "stdout", "stderr")
# The command reads the terminal's width when it is imported.
os.environ["COLUMNS"] = "80"

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__, "operate.app"])


def thingsync(*arguments: str | Path, typed: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command; ``typed`` is its standard input, ``variables`` are added to its environment."""
    words = [str(argument) for argument in arguments]
    with tempfile.TemporaryDirectory() as folder:
        stdin, stdout, stderr = (Path(folder) / name for name in STREAMS)
        stdin.write_text(typed)
        call = (words, {**os.environ, **variables}, folder)
        process: Any = _PROCESSES.Process(target=_command, args=call)
        process.start()
        process.join(PATIENCE_S)
        if process.exitcode is None:
            process.kill()
        assert process.exitcode is not None, f"not within {PATIENCE_S:.0f} s: thingsync {' '.join(words)}"
        return subprocess.CompletedProcess(words, process.exitcode, stdout.read_text(), stderr.read_text())


def document(*arguments: str) -> Any:
    done = thingsync(*arguments, "--json")
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def interruptible(*arguments: str) -> "subprocess.Popen[str]":
    """Start the command as a terminal does: what a shell starts in the background ignores Ctrl-C, and so would this."""
    return subprocess.Popen(
        [sys.executable, "-m", "operate", *arguments],
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509  # no threads here
    )


def interrupted(process: "subprocess.Popen[str]") -> int:
    """Press Ctrl-C; return how the command ended."""
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE_S)
    return int(process.returncode)


def _command(words: list[str], environment: dict[str, str], folder: str) -> None:
    """What the forked process does."""
    for number, name in enumerate(STREAMS):
        file = os.open(Path(folder) / name, os.O_RDWR | os.O_CREAT)
        os.dup2(file, number)
        os.close(file)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115  # multiprocessing has closed it
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["thingsync", *words]
    from operate.app import main  # noqa: PLC0415  # imported already

    main()
