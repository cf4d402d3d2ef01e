"""A journal that cannot be read as it must be: a named error for the operator, and nothing is overwritten."""

import json

import pytest

from tests.workflow.aws_trouble import answered
from tests.workflow.paths import CREATED, DISPATCH_FAILED, REJECTION_UNREPORTED
from workflows.adapters import aws


def newer_snapshot(pipeline):
    created = pipeline.registered()
    pipeline.table.newer_snapshot(created["thingId"])
    return pipeline.updated(created, name="north")


def newer_owner(pipeline):
    pipeline.deleted(pipeline.registered())
    pipeline.table.newer_owner()
    return pipeline.event("created")


def owner_without_stream(pipeline):
    created = pipeline.registered()
    pipeline.deleted(created)
    pipeline.table.forget_snapshot(created["thingId"])
    return pipeline.event("created")


def facts_without_snapshot(pipeline):
    created = pipeline.registered()
    pipeline.table.forget_snapshot(created["thingId"])
    return pipeline.updated(created, name="north")


BROKEN = [
    pytest.param(newer_snapshot, "UnknownFactError", id="snapshot-of-a-newer-version"),
    pytest.param(newer_owner, "UnknownFactError", id="owner-of-a-newer-version"),
    pytest.param(owner_without_stream, "OrphanedOwnerError", id="owner-of-a-thing-without-facts"),
    pytest.param(facts_without_snapshot, "JournalSequenceError", id="facts-that-snapshot-does-not-count"),
]


@pytest.mark.parametrize(("broken", "error"), BROKEN)
def test_a_broken_journal_stops_the_event_and_is_left_as_it_was(pipeline, broken, error):
    event = broken(pipeline)
    items, held = pipeline.table.items(), pipeline.held()

    run = pipeline.run(event)

    [(body, named)] = pipeline.dead_letters()
    after = pipeline.table.items()
    assert (run.path, run.error) == (DISPATCH_FAILED, error)
    assert (json.loads(body), named) == (event, {"ErrorName": error, "ExecutionArn": run.arn})
    assert [item for item in items if item not in after] == []
    assert pipeline.held() == held


TROUBLE = [
    pytest.param("GetItem", {"status": 400, "code": "ProvisionedThroughputExceededException"}, id="throttled"),
    pytest.param("TransactWriteItems", {"status": 500, "code": "InternalServerError"}, id="failing"),
    pytest.param("TransactWriteItems", {"status": 400, "code": "TransactionInProgressException"}, id="in-progress"),
]


@pytest.mark.parametrize(("operation", "how"), TROUBLE)
def test_a_journal_in_trouble_for_a_while_is_waited_for(pipeline, operation, how):
    event = pipeline.event("created")

    with answered(aws.dynamodb(), operation, times=4, **how):
        run = pipeline.run(event)

    assert run.path == CREATED
    assert pipeline.facts(event) == ["EventAccepted", "DeviceCreated"]


def test_what_went_wrong_is_reported_though_the_journal_cannot_take_it(pipeline):
    created = pipeline.registered()
    pipeline.table.newer_snapshot(created["thingId"])
    event = pipeline.updated(created, name="north")

    run = pipeline.run(event)

    [(_, named)] = pipeline.dead_letters()
    assert (run.path, named["ErrorName"]) == (DISPATCH_FAILED, "UnknownFactError")
    assert pipeline.log_lines(event)[-1]["error"]["name"] == "UnknownFactError"
    assert pipeline.shadow(event)["status"] == "failed"
    assert pipeline.metrics()["Failed", "UnknownFactError"] == 1


def test_a_rejection_that_the_journal_cannot_take_is_reported_and_waits_for_the_operator(pipeline):
    event = pipeline.event("created", attributes={})
    end = pipeline.paused("ReportRejection", event, state_machine_arn=pipeline.cloud.impatient_arn)
    pipeline.run(event)
    pipeline.table.newer_snapshot(event["thingId"])

    run = end()

    [(body, named)] = pipeline.dead_letters()
    assert (run.path, run.error) == (REJECTION_UNREPORTED, "InvalidThingError")
    assert (json.loads(body), named["ErrorName"]) == (event, "InvalidThingError")
    assert [line["outcome"] for line in pipeline.log_lines(event)] == ["rejected", "rejected"]
    assert pipeline.metrics()["Rejected", "InvalidThingError"] == 2
