"""The simulator answers as the genuine The Things Stack did: every call that was recorded is made again."""

import pytest

from tests.contract.simulator import recording
from tests.contract.simulator.conftest import Simulator


@pytest.fixture(scope="module")
def deployment(tmp_path_factory):
    """The API of a simulator that has the keys of the recording and that no other test has left anything on."""
    simulator = Simulator(tmp_path_factory.mktemp("recorded"))
    simulator.start()
    recording.add_keys(simulator.client)
    yield simulator.client
    simulator.kill()


@pytest.mark.parametrize("group", recording.groups())
def test_a_group_of_calls_is_answered_as_it_was_recorded(deployment, group):
    deployment.control("POST", "/reset")

    played = [(line["name"], recording.play(deployment, line)) for line in recording.groups()[group]]

    assert {name: deviation for name, deviation in played if deviation} == {}
