"""A journal that breaks, or is found broken, after its run was accepted: a named error, and nothing is overwritten."""

import json

import pytest

from tests.samples import DEVICE_ID
from tests.workflow import paths
from tests.workflow.queue import Runs, delivered, message
from workflows.adapters.journal.attribute_values import to_attributes
from workflows.adapters.journal.items import fact_key, snapshot_key
from workflows.domain.facts import Change, EventSkipped
from workflows.schemas.journal import dump_fact

ELSEWHERE = {"deviceID": "pump-7"}


def a_newer_snapshot(pipeline, event):
    pipeline.table.newer_snapshot(event["thingId"])


def an_unknown_word_in_the_snapshot(pipeline, event):
    """Return what a version leaves that knows one more outcome, and forgot to say so."""
    settled = {"operation": "CREATED", "version_number": 0, "verdict": "blessed"}
    pipeline.cloud.clients["dynamodb"].update_item(
        TableName=pipeline.journal_table,
        Key=to_attributes(snapshot_key(event["thingId"])),
        UpdateExpression="SET #state.settled = :settled",
        ExpressionAttributeNames={"#state": "state"},
        ExpressionAttributeValues=to_attributes({":settled": settled}),
    )


def a_fact_that_the_snapshot_does_not_count(pipeline, event):
    """Return what a table has whose snapshot came back from an older backup."""
    fact = EventSkipped(Change("UPDATED", 7, "a-run-of-long-ago"), "no change concerns the device")
    item = {**fact_key(event["thingId"], 1), "at": "2025-11-26T10:00:00.000000Z", "fact": dump_fact(fact)}
    pipeline.cloud.clients["dynamodb"].put_item(TableName=pipeline.journal_table, Item=to_attributes(item))


BREAKS = [
    pytest.param(
        "CreateDevice", a_newer_snapshot, paths.CREATE_FAILED, "UnknownFactError", id="newer-before-the-fence"
    ),
    pytest.param(
        "CreateDevice", an_unknown_word_in_the_snapshot, paths.CREATE_FAILED, "UnknownFactError", id="unknown-word"
    ),
    pytest.param(
        "ReportOutcome",
        a_fact_that_the_snapshot_does_not_count,
        paths.REPORT_FAILED,
        "JournalSequenceError",
        id="uncounted-fact-before-the-outcome",
    ),
]


@pytest.mark.parametrize(("state", "break_it", "path", "error"), BREAKS)
def test_a_journal_that_breaks_under_a_run_stops_it_and_is_left_as_it_is(pipeline, *, state, break_it, path, error):
    event = pipeline.event("created")
    end = pipeline.paused(state, event)
    break_it(pipeline, event)
    items, held = pipeline.table.items(), pipeline.held()

    run = end()

    assert (run.path, run.error) == (path, error)
    assert dead_letters_of(pipeline) == [(event, {"ErrorName": error, "ExecutionArn": run.arn})]
    assert (pipeline.table.items(), pipeline.held()) == (items, held)


def test_a_device_whose_owner_has_lost_its_facts_is_not_taken_over(pipeline):
    gone = pipeline.registered()
    pipeline.deleted(gone)
    pipeline.table.forget_snapshot(gone["thingId"])
    event = pipeline.event("created", attributes=gone["attributes"] | ELSEWHERE)
    items, held = pipeline.table.items(), pipeline.held()

    run = pipeline.run(event)

    assert (run.path, run.error) == (paths.CREATE_FAILED, "OrphanedOwnerError")
    assert f"Device {DEVICE_ID} belongs to thing {gone['thingName']}" in run.message
    assert dead_letters_of(pipeline) == [(event, {"ErrorName": "OrphanedOwnerError", "ExecutionArn": run.arn})]
    assert [item for item in items if item not in pipeline.table.items()] == []
    assert pipeline.held() == held


def test_a_removal_that_only_the_journal_knows_as_ours_fails_by_name_where_a_newer_version_wrote(pipeline):
    created = pipeline.registered()
    pipeline.table.newer_snapshot(created["thingId"])
    deleted = pipeline.deleted(created, "deleted-bare")
    items, held = pipeline.table.items(), pipeline.held()
    runs = Runs(pipeline.cloud.clients["stepfunctions"], pipeline.cloud.state_machine_arn)

    failures = delivered(message(deleted))

    runs.wait_until(deleted, "FAILED")
    [(body, attributes)] = dead_letters_of(pipeline)
    assert failures == []
    assert (body, attributes["ErrorName"]) == (deleted, "UnknownFactError")
    assert (pipeline.table.items(), pipeline.held()) == (items, held)


def dead_letters_of(pipeline):
    return [(json.loads(body), attributes) for body, attributes in pipeline.dead_letters()]
