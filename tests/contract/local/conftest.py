"""One mended MiniStack on a free port for all tests of this folder, with its state in a folder of its own."""

import socket

import pytest

from local.emulator import emulator
from tests.contract.local.emulated_aws import EmulatedAws


@pytest.fixture(scope="session")
def aws(tmp_path_factory):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    daemon = emulator(tmp_path_factory.mktemp("emulator"), port)
    daemon.start()
    emulated = EmulatedAws(daemon)
    emulated.set_pace(0)
    yield emulated
    daemon.stop()
