"""The pipeline in one process: real handlers and adapters, the state machine and AWS in moto, TTS over a socket."""

import logging
import re

import pytest

from tests import botocore_memory
from tests.simulated_stack import started
from tests.workflow.harness import account, own_clients, pipeline_in, remembering_parsers
from tests.workflow.surroundings import Written

models_read_once = botocore_memory.models_read_once


@pytest.fixture(scope="session")
def simulator(tmp_path_factory):
    with started(tmp_path_factory.mktemp("simulator") / "state.sqlite") as simulator:
        yield simulator


@pytest.fixture(scope="session")
def clients():
    return own_clients()


@pytest.fixture(scope="session")
def parsers():
    return remembering_parsers()


@pytest.fixture(scope="module")
def cloud(clients, parsers):
    """One account a module; tests differ in the names of their things."""
    with account(clients, parsers) as cloud:
        yield cloud


@pytest.fixture
def pipeline(cloud, simulator, monkeypatch, capsys):
    return pipeline_in(cloud, simulator, Written(capsys), monkeypatch)


@pytest.fixture
def asked(caplog):
    """Return what gives all calls to The Things Stack since it was called last."""
    caplog.set_level(logging.DEBUG, logger="urllib3.connectionpool")

    def calls():
        lines = [record.getMessage() for record in caplog.records if record.name == "urllib3.connectionpool"]
        caplog.clear()
        return re.findall(r'"(\w+ /api/v3/\S+)', "\n".join(lines))

    return calls


@pytest.fixture(autouse=True)
def nothing_secret_is_written(pipeline, caplog):
    yield
    written = pipeline.everything_written() + caplog.text.upper()

    assert [secret for secret in pipeline.secrets() if secret.upper() in written] == []
