"""The simulator as its users meet it: a process of its own, spoken to over a socket."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.simulator.client import ADMIN_KEY, Client
from tests.free_ports import free_port
from tests.patience import eventually

_ROOT = Path(__file__).parents[3]


class Simulator:
    """A simulator on a free port with its state in a folder; it can be killed and started again."""

    def __init__(self, folder):
        self._database = folder / "things-stack.db"
        self._port = free_port()
        self.client = Client(f"http://127.0.0.1:{self._port}")

    def start(self):
        options = {"port": self._port, "database": self._database, "application": "demo-app", "api-key": ADMIN_KEY}
        arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        self._process = subprocess.Popen([sys.executable, "-m", "local.things_stack", *arguments], cwd=_ROOT)
        self._wait_until_it_listens()

    def kill(self):
        self._process.kill()
        self._process.wait()

    def _wait_until_it_listens(self):
        assert eventually(lambda: self._listens() or self._process.poll() is not None)
        assert self._listens(), "the simulator ended instead of listening"

    def _listens(self):
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0


@pytest.fixture(scope="session")
def simulator(tmp_path_factory):
    simulator = Simulator(tmp_path_factory.mktemp("simulator"))
    simulator.start()
    yield simulator
    simulator.kill()


@pytest.fixture
def client(simulator):
    """The API, holding nothing but what the seed file makes claimable."""
    simulator.client.control("POST", "/reset")
    return simulator.client


@pytest.fixture
def own_simulator(tmp_path):
    simulator = Simulator(tmp_path)
    simulator.start()
    yield simulator
    simulator.kill()
