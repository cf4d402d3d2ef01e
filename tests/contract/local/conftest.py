"""One mended MiniStack on a free port for all tests of this folder, with its state in a folder of its own."""

import pytest

from local.emulator import emulator
from tests.contract.local.emulated_aws import EmulatedAws
from tests.free_ports import free_port


@pytest.fixture(scope="session")
def aws(tmp_path_factory):
    daemon = emulator(tmp_path_factory.mktemp("emulator"), free_port())
    daemon.start()
    emulated = EmulatedAws(daemon)
    emulated.set_pace(0)
    yield emulated
    daemon.stop()
