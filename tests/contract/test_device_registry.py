"""The real client, over a socket with the simulator, does what the fake of the unit tests does."""

from dataclasses import dataclass

import pytest

from tests.ports.device_registry import DeviceRegistryContract
from tests.simulated_stack import Simulator, stack_with, started

KEYS = {"demo-app": "NNSXS.DEMO.ABCDEF", "other-app": "NNSXS.OTHER.ABCDEF"}
RIGHTS = [f"RIGHT_APPLICATION_DEVICES_{right}" for right in ("READ", "WRITE", "WRITE_KEYS")]


@dataclass
class SimulatedDeployment:
    simulator: Simulator

    def application(self, application_id):
        order = {"key": KEYS[application_id], "rights": RIGHTS, "application_id": application_id}
        self.simulator.control("POST", "api-keys", **order)
        return stack_with(self.simulator, KEYS[application_id], application_id=application_id)

    def make_claimable(self, join_eui, dev_eui, authentication_code):
        order = {"join_eui": join_eui, "dev_eui": dev_eui, "authentication_code": authentication_code}
        self.simulator.control("POST", "claimable", **order)


@pytest.fixture(scope="module")
def simulator(tmp_path_factory):
    with started(tmp_path_factory.mktemp("simulator") / "state.sqlite") as simulator:
        yield simulator


class TestTheThingsStack(DeviceRegistryContract):
    @pytest.fixture
    def deployment(self, simulator):
        simulator.control("POST", "reset")
        return SimulatedDeployment(simulator)
