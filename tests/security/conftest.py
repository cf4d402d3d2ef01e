"""What the attackers find running: the emulator of AWS and the simulator of The Things Stack."""

import pytest

from tests.contract.local.emulated_aws import EmulatedAws
from tests.emulation import started_emulator, started_simulator


@pytest.fixture(scope="session")
def aws(tmp_path_factory):
    with started_emulator(tmp_path_factory.mktemp("emulator")) as daemon:
        yield EmulatedAws(daemon)


@pytest.fixture(scope="session")
def things_stack(tmp_path_factory):
    with started_simulator(tmp_path_factory.mktemp("simulator")) as daemon:
        yield daemon
