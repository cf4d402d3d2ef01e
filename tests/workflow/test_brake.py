"""More things are deleted than the stack may remove devices in an hour: the rest waits, and nothing is lost."""

import time
from datetime import UTC, datetime

import pytest

from operate.adapters.allowance import Allowance
from tests.workflow.device_states import CREATE
from tests.workflow.endings import failed
from tests.workflow.paths import DISPATCH_FAILED, RELEASED, REMOVED
from workflows.adapters.journal.permits import DynamoDBPermits

SECOND = {**CREATE, "devEUI": "70B3D57ED0059999"}


@pytest.fixture
def held(pipeline):
    """Return the deletion of a thing that came when the hour's removals were used up, and its run."""
    pipeline.deploy(DELETIONS_PER_HOUR="1")
    spend(pipeline)
    event = pipeline.deleted(pipeline.registered(CREATE))
    return event, pipeline.run(event)


def spend(pipeline):
    """Use up the removals of this hour, and of the next: it may begin in the middle of the test."""
    permits = DynamoDBPermits(pipeline.cloud.clients["dynamodb"], pipeline.journal_table)
    for hour in (0, 3600):
        permits.take(datetime.fromtimestamp(time.time() + hour, UTC), per_hour=1)


def allow(pipeline, count):
    allowance = Allowance(pipeline.cloud.clients["dynamodb"], pipeline.journal_table)
    allowance.grant(count, until=datetime(2100, 1, 1, tzinfo=UTC))


def test_a_deletion_beyond_the_limit_keeps_its_device_and_waits_for_the_operator(pipeline, held):
    event, run = held

    assert (run.path, run.error) == (DISPATCH_FAILED, "DeletionHeldError")
    assert pipeline.device("eui-70b3d57ed0051234")["js"] is not None
    assert (pipeline.facts(event)[-1], pipeline.status(event)) == ("EventFailed", "failed")
    assert pipeline.dead_letters() == failed(event, run)["dead letters"]
    assert pipeline.log_lines(event)[-1]["whatToDo"].count("thingsync restore --held") == 1
    assert pipeline.metrics()["Failed", "DeletionHeldError"] == 1


def test_a_redrive_without_permission_is_held_again(pipeline, held):
    event, _ = held

    assert pipeline.run(event).error == "DeletionHeldError"


def test_what_the_operator_allows_is_carried_out_and_no_more(pipeline, held):
    event, _ = held
    other = pipeline.registered(SECOND)
    allow(pipeline, 1)

    runs = [pipeline.run(event), pipeline.run(pipeline.deleted(other))]

    assert (runs[0].path, runs[1].error) == (REMOVED, "DeletionHeldError")
    assert list(pipeline.held()["is"]) == ["demo-app/eui-70b3d57ed0059999"]


def test_a_thing_that_is_made_again_takes_its_device_and_the_held_deletion_ends_without_a_permit(pipeline, held):
    event, _ = held
    again = pipeline.event("created", event["thingName"], attributes=CREATE)

    runs = [pipeline.run(again), pipeline.run(event)]

    assert [run.status for run in runs] == ["SUCCEEDED", "SUCCEEDED"]
    assert pipeline.facts(event)[-1] == "DeviceReleased"
    assert len(pipeline.held()["is"]) == 1


def test_a_stack_that_retains_devices_holds_nothing(pipeline, held):
    _, _ = held
    pipeline.deploy(DELETE_POLICY="Retain")
    other = pipeline.registered(SECOND)

    assert pipeline.run(pipeline.deleted(other)).path == RELEASED
