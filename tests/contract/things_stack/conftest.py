"""One simulator for all contract tests of the client, empty at the start of each."""

import pytest

from tests.simulated_stack import stack_with, started


@pytest.fixture(scope="session")
def running(tmp_path_factory):
    with started(tmp_path_factory.mktemp("simulator") / "state.sqlite") as simulator:
        yield simulator


@pytest.fixture
def simulator(running):
    running.control("POST", "reset")
    return running


@pytest.fixture
def stack(simulator):
    return stack_with(simulator)
