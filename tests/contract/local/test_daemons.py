"""Background processes: where they listen, and that they are found again and surely ended."""

import socket
import sys

import pytest

from local.daemons import Daemon, NotReadyError, PortTakenError
from tests.contract.local.listening import addresses_of
from tests.free_ports import free_port

SERVE = "import http.server, sys; http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), {}).serve_forever()"
HELLO = """
type('Hello', (http.server.BaseHTTPRequestHandler,),
     {'do_GET': lambda self: (self.send_response(200), self.end_headers())})
"""


def daemon_of(folder, code, port):
    return Daemon(
        name="hello",
        command=(sys.executable, "-c", code, str(port)),
        port=port,
        ready_path="/",
        folder=folder,
    )


@pytest.fixture
def port():
    return free_port()


@pytest.fixture
def daemon(tmp_path, port):
    daemon = daemon_of(tmp_path, SERVE.format(HELLO.replace("\n", "")), port)
    yield daemon
    daemon.stop()


def test_the_emulator_listens_on_one_port_of_the_loopback_interface_only(aws):
    assert addresses_of(aws.daemon) == {f"127.0.0.1:{aws.daemon.port}"}


def test_starting_twice_leaves_the_first_one_running(daemon):
    daemon.start()
    first = addresses_of(daemon)

    daemon.start()

    assert daemon.running()
    assert addresses_of(daemon) == first == {f"127.0.0.1:{daemon.port}"}


@pytest.mark.parametrize("end", [pytest.param(Daemon.stop, id="stopped"), pytest.param(Daemon.kill, id="killed")])
def test_after_its_end_it_is_gone_and_starts_again(daemon, end):
    daemon.start()

    end(daemon)
    ran_on = daemon.running()
    daemon.start()

    assert (ran_on, daemon.running()) == (False, True)


def test_stopping_what_does_not_run_is_no_error(daemon):
    daemon.stop()
    daemon.stop()

    assert not daemon.running()


def test_a_pid_file_left_by_a_crash_is_not_taken_for_a_process(daemon, tmp_path):
    (tmp_path / "hello.pid").write_text("1")

    assert not daemon.running()


def test_a_port_that_another_program_has_is_reported(daemon):
    with socket.create_server(("127.0.0.1", daemon.port)), pytest.raises(PortTakenError, match="is taken by"):
        daemon.start()


def test_a_daemon_that_ends_at_once_is_reported_with_its_log(tmp_path, port):
    with pytest.raises(NotReadyError, match=r"hello\.log"):
        daemon_of(tmp_path, "raise SystemExit('no')", port).start()

    assert "no" in (tmp_path / "hello.log").read_text()
