"""The journal breaks off at any request of a run, or answers too late: a redrive completes the change."""

import itertools
from contextlib import contextmanager

import pytest
from botocore.exceptions import ReadTimeoutError

from tests.workflow.device_states import CLAIM, CREATE, OTHER_APP_KEY
from tests.workflow.queue import Runs, delivered, message
from workflows.adapters import aws

REQUESTS = ("GetItem", "TransactWriteItems", "GetItem", "TransactWriteItems")
CREATED, CLAIMED = "demo-app/eui-70b3d57ed0051234", "demo-app/eui-ec656e0000105a2b"


def first_of(attributes):
    return lambda pipeline: pipeline.event("created", attributes=attributes)


def updated(pipeline):
    return pipeline.updated(pipeline.registered(), name="north", frequencyPlanID="EU_863_870", appKey=OTHER_APP_KEY)


def deleted(pipeline):
    return pipeline.deleted(pipeline.registered())


WAYS: dict[str, tuple] = {
    "create": (first_of(CREATE), {"is": [CREATED], "js": [CREATED], "ns": [CREATED], "as": [CREATED]}, "registered"),
    "claim": (first_of(CLAIM), {"is": [CLAIMED], "js": [], "ns": [CLAIMED], "as": [CLAIMED]}, "registered"),
    "update": (updated, {"is": [CREATED], "js": [CREATED], "ns": [CREATED], "as": [CREATED]}, "registered"),
    "remove": (deleted, {"is": [], "js": [], "ns": [], "as": []}, "removed"),
}
# Before a request takes effect the ways do not differ; after it, what differs is what was written.
BROKEN = [
    *[("create", number, "before") for number in (1, 2, 3, 4)],
    *[(way, number, "after") for way in WAYS for number in (2, 4)],
]


@contextmanager
def broken_off(client, number, moment):
    """Let a client's request of this number, from 1, end without an answer, before it takes effect or after it did."""
    event, requests = {"before": "before-call", "after": "after-call"}[moment], itertools.count(1)

    def hook(**_):
        if next(requests) == number:
            raise ReadTimeoutError(endpoint_url=client.meta.endpoint_url)

    client.meta.events.register_last(f"{event}.dynamodb", hook)
    yield
    client.meta.events.unregister(f"{event}.dynamodb", hook)


@pytest.mark.parametrize(
    ("way", "number", "moment"),
    [pytest.param(*row, id=f"{row[0]}-{row[1]}-{REQUESTS[row[1] - 1]}-{row[2]}") for row in BROKEN],
)
def test_a_request_without_an_answer_fails_a_run_whose_redrive_succeeds(pipeline, way, number, moment):
    make, left, status = WAYS[way]
    event = make(pipeline)
    pipeline.deploy(STATE_MACHINE_ARN=pipeline.cloud.impatient_arn)
    runs = Runs(pipeline.cloud.clients["stepfunctions"], pipeline.cloud.impatient_arn)

    with broken_off(aws.dynamodb(), number, moment):
        delivered(message(event))
        runs.wait_until(event, "FAILED")
    [(body, named)] = pipeline.dead_letters()
    delivered(message(body, ExecutionArn=named["ExecutionArn"]))
    runs.wait_until(event, "FAILED", "SUCCEEDED")

    held = pipeline.held()
    assert named["ErrorName"] == "RegistryUnavailableError"
    assert {server: list(held[server]) for server in left} == left
    assert (pipeline.status(event), pipeline.dead_letters()) == (status, [])
    assert owners(pipeline) == ({event["thingId"]} if status == "registered" else set())


def owners(pipeline):
    """Return which things own a device."""
    return {item["thing_id"]["S"] for item in pipeline.table.items() if item["sk"] == {"S": "OWNER"}}
