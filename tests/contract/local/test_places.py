"""The ports of the local cloud, and what is said when one is taken."""

import os
import shlex
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from local.daemons import Daemon, PortTakenError
from local.emulator import emulator
from local.exports import write_exports
from local.listeners import listener_on
from local.places import EMULATOR, PORT_VARIABLES, port_of
from tests.free_ports import free_port

VARIABLE = PORT_VARIABLES[EMULATOR]


@pytest.fixture(autouse=True)
def unset(monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)


def test_a_server_has_its_usual_port_unless_somebody_chose_another(tmp_path, monkeypatch):
    usual = port_of(EMULATOR, 4566, folder=tmp_path)
    (tmp_path / f"{EMULATOR}.port").write_text("5001")
    started = port_of(EMULATOR, 4566, folder=tmp_path)
    monkeypatch.setenv(VARIABLE, "5002")

    assert (usual, started, port_of(EMULATOR, 4566, folder=tmp_path)) == (4566, 5001, 5002)


@pytest.mark.parametrize("text", ["x", "0", "65536", "-1", "4566 "])
def test_what_is_no_port_is_reported_with_its_variable(tmp_path, monkeypatch, text):
    monkeypatch.setenv(VARIABLE, text)

    with pytest.raises(SystemExit, match=f"{VARIABLE}={text} is no port"):
        port_of(EMULATOR, 4566, folder=tmp_path)


def test_the_program_that_has_the_port_is_named_and_how_to_choose_another(tmp_path):
    with socket.create_server(("127.0.0.1", free_port())) as taken:
        port = taken.getsockname()[1]
        # /proc names it on Linux.
        found = rf"\(PID {os.getpid()}\)" if Path("/proc").exists() else "lsof"

        with pytest.raises(PortTakenError, match=rf"is taken by .*{found}.*: {VARIABLE}={port + 1} make up"):
            emulator(tmp_path, port).start()


def test_a_program_that_cannot_be_seen_is_looked_for_by_another_tool():
    assert listener_on(free_port()).startswith("another program (find it: lsof")


@pytest.fixture
def running(tmp_path):
    port = free_port()
    command = (sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port))
    daemon = Daemon("hello", command, port, "/", tmp_path)
    daemon.start()
    yield daemon
    daemon.stop()


def test_what_runs_is_not_waited_for_on_another_port(running):
    other = free_port()

    with pytest.raises(PortTakenError, match=f"hello runs on port {running.port}, not on {other}"):
        Daemon("hello", running.command, other, "/", running.folder).start()


@pytest.mark.parametrize(("end", "is_kept"), [(Daemon.stop, False), (Daemon.kill, True)], ids=["stopped", "killed"])
def test_the_port_is_kept_for_a_server_that_is_started_again(running, end, is_kept):
    end(running)

    assert (running.folder / "hello.port").exists() is is_kept


@pytest.mark.parametrize("shell", ["sh", "bash"])
@pytest.mark.parametrize(
    ("endpoint", "shown"), [("http://127.0.0.1:1", "--endpoint-url=http://127.0.0.1:1 "), ("", "")]
)
def test_the_aws_cli_of_a_shell_that_sourced_the_file_calls_the_local_cloud(tmp_path, shell, endpoint, shown):
    file, tool = tmp_path / "env", tmp_path / "bin" / "aws"
    write_exports({"AWS_ENDPOINT_URL": endpoint}, file)
    tool.parent.mkdir()
    tool.write_text('#!/bin/sh\necho "$@"\n')
    tool.chmod(0o700)
    program = f". {shlex.quote(str(file))}; aws sqs list-queues"

    done = subprocess.run(
        [shell, "-c", program], env={"PATH": f"{tool.parent}:/usr/bin:/bin"}, capture_output=True, text=True, check=True
    )

    assert done.stdout == f"{shown}sqs list-queues\n"


def test_who_has_no_aws_cli_gets_that_of_make(tmp_path):
    file = tmp_path / "env"
    write_exports({}, file)

    done = subprocess.run(
        ["/bin/sh", "-c", f". {shlex.quote(str(file))}; aws --version"],
        env={"PATH": "/nowhere"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert str(Path.cwd() / ".venv/bin/aws") in file.read_text()
    assert (done.returncode, done.stdout[:8]) == (0, "aws-cli/")
