"""The pipeline in one process: real handlers and adapters, the state machine and AWS in moto, TTS over a socket."""

import functools
import logging
import re

import boto3
import pytest
from moto import mock_aws
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.utils import json_path

from tests import botocore_memory
from tests.simulated_stack import started
from tests.state_machine import REGION
from tests.workflow.cloud import SERVICES, Cloud
from tests.workflow.pipeline import Pipeline
from tests.workflow.surroundings import CurrentOutput, Written, forget_built
from workflows.adapters import aws
from workflows.observability.log import logger

models_read_once = botocore_memory.models_read_once


@pytest.fixture(scope="session")
def simulator(tmp_path_factory):
    with started(tmp_path_factory.mktemp("simulator") / "state.sqlite") as simulator:
        yield simulator


@pytest.fixture(scope="session")
def clients():
    """Clients of the tests' own: making them again for every account takes longer than the runs."""
    session = boto3.Session(aws_access_key_id="any", aws_secret_access_key="any", region_name=REGION)
    return {service: session.client(service) for service in SERVICES}


@pytest.fixture(scope="session")
def parsers():
    """Return moto's parsers with a memory: reading definition and paths for every run takes longer than the run."""
    return [
        (AmazonStateLanguageParser, "parse", functools.cache(AmazonStateLanguageParser.parse)),
        (json_path, "parse", functools.cache(json_path.parse)),  # type: ignore[attr-defined]  # theirs by import
    ]


@pytest.fixture(scope="module")
def cloud(clients, parsers):
    """One account a module; tests differ in the names of their things."""
    with (
        mock_aws(config={"stepfunctions": {"execute_state_machine": True}, "lambda": {"use_docker": False}}),
        pytest.MonkeyPatch.context() as patch,
    ):
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        for owner, name, parse in parsers:
            patch.setattr(owner, name, parse)
        forget_built(aws)
        yield Cloud(clients)
        forget_built(aws)


@pytest.fixture
def pipeline(cloud, simulator, monkeypatch, capsys):
    """Return the pipeline with nothing in it. The seams into moto are private to it, hence the pinned version."""
    simulator.control("POST", "reset")
    pipeline = Pipeline(cloud, simulator, Written(capsys), monkeypatch)
    monkeypatch.setattr(logger.handlers[0], "stream", CurrentOutput())
    monkeypatch.setattr(lambda_eval_utils, "_invoke_lambda_function", pipeline.functions.invoke)
    monkeypatch.setattr(retrier_decl, "time", pipeline.clock)
    return pipeline


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
