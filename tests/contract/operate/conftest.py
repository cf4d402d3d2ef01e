"""The command on a fleet in moto: the template's journal, seeded fact by fact, its queues and its things."""

import pytest
from moto import mock_aws

from tests.contract.operate.field import Field, client
from tests.contract.operate.fleet import Fleet
from tests.simulated_stack import started


@pytest.fixture
def field(monkeypatch):
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "STACK_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    monkeypatch.setenv("COLUMNS", "80")
    with mock_aws():
        client("iot").create_thing_type(thingTypeName="lorawan")
        yield Field()


@pytest.fixture(scope="module")
def simulator(tmp_path_factory):
    with started(tmp_path_factory.mktemp("simulator") / "state.sqlite") as simulator:
        yield simulator


@pytest.fixture
def fleet(field, simulator):
    """``field`` has set the scene; its queues and tables are not used."""
    simulator.control("POST", "reset")
    return Fleet(simulator)
