"""One patched MiniStack on a free port for all tests of this folder, with its state in a folder of its own."""

import pytest

from tests.contract.local.emulated_aws import EmulatedAws
from tests.emulation import started_emulator


@pytest.fixture(scope="session")
def aws(tmp_path_factory):
    with started_emulator(tmp_path_factory.mktemp("emulator")) as daemon:
        emulated = EmulatedAws(daemon)
        emulated.set_pace(0)
        yield emulated
