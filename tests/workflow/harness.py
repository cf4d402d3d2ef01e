"""What the pipeline runs on: AWS and the state machine in moto, in one process. The fixtures and the bench make it."""

import functools
from contextlib import contextmanager

import boto3
import pytest
from moto import mock_aws
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.utils import json_path

from tests.state_machine import REGION
from tests.workflow.cloud import SERVICES, Cloud
from tests.workflow.pipeline import Pipeline
from tests.workflow.surroundings import CurrentOutput, forget_built
from workflows.adapters import aws
from workflows.observability.log import logger


def own_clients():
    """Return clients of the caller's own: making them again for every account takes longer than the runs."""
    session = boto3.Session(aws_access_key_id="any", aws_secret_access_key="any", region_name=REGION)
    return {service: session.client(service) for service in SERVICES}


def remembering_parsers():
    """Return moto's parsers with a memory: reading definition and paths for every run takes longer than the run."""
    return [
        (AmazonStateLanguageParser, "parse", functools.cache(AmazonStateLanguageParser.parse)),
        (json_path, "parse", functools.cache(json_path.parse)),  # type: ignore[attr-defined]  # theirs by import
    ]


@contextmanager
def account(clients, parsers):
    """Yield the stack's resources in a new account."""
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


def pipeline_in(cloud, simulator, written, monkeypatch):
    """Return the pipeline with nothing in it. The seams into moto are private to it, hence the pinned version."""
    simulator.control("POST", "reset")
    pipeline = Pipeline(cloud, simulator, written, monkeypatch)
    monkeypatch.setattr(logger.handlers[0], "stream", CurrentOutput())
    monkeypatch.setattr(lambda_eval_utils, "_invoke_lambda_function", pipeline.functions.invoke)
    monkeypatch.setattr(retrier_decl, "time", pipeline.clock)
    return pipeline
