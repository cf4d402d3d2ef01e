"""What the attackers find running: the emulator of AWS and the simulator of The Things Stack."""

import pytest

from tests import botocore_memory
from tests.contract.local.emulated_aws import EmulatedAws
from tests.emulation import started_emulator, started_simulator

models_read_once = botocore_memory.models_read_once


@pytest.fixture(scope="session")
def aws(tmp_path_factory):
    with started_emulator(tmp_path_factory.mktemp("emulator")) as daemon:
        yield EmulatedAws(daemon)


@pytest.fixture(scope="session")
def things_stack(tmp_path_factory):
    with started_simulator(tmp_path_factory.mktemp("simulator")) as daemon:
        yield daemon
