"""The events that `thingsync replay` sends do what the lost or failed ones would have done."""

import json
from datetime import UTC, datetime

import pytest

from tests.samples import STACK
from tests.workflow import paths
from workflows.adapters.described_things import IoTDescribedThings
from workflows.schemas.event import dump_event

AT = datetime(2025, 11, 26, tzinfo=UTC)
SERVERS = ("is", "js", "ns", "as")


def replayed(pipeline, event):
    """Build the event as the command does, from the thing as it is now."""
    thing = IoTDescribedThings(pipeline.cloud.clients["iot"]).describe(event["thingName"])
    return json.loads(dump_event(thing.event, AT)) | {"thingTypeName": "lorawan"}


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "^/applications"), ("PUT", "^/js/"), ("PUT", "^/ns/"), ("PUT", "^/as/")], ids=SERVERS
)
def test_an_update_to_version_1_registers_a_thing_whose_creation_failed(pipeline, method, path):
    event = pipeline.event("created")
    pipeline.fault(method=method, path=path, action="drop-before")
    first = pipeline.broken_run(event)
    pipeline.no_faults()

    second = pipeline.run(replayed(pipeline, event))

    assert (first.error, second.path) == ("RegistryUnavailableError", paths.CREATED)
    assert pipeline.status(event) == "registered"
    assert all(pipeline.held()[each] for each in SERVERS)


def test_an_update_to_version_1_registers_a_thing_whose_creation_was_never_shown(pipeline):
    event = pipeline.event("created")

    run = pipeline.run(replayed(pipeline, event))

    assert run.path == paths.CREATED
    assert pipeline.status(event) == "registered"


def test_an_update_to_the_version_that_is_registered_changes_nothing(pipeline):
    event = pipeline.registered()
    held = pipeline.held()

    run = pipeline.run(replayed(pipeline, event))

    assert run.path == paths.SKIPPED
    assert pipeline.held() == held


def test_a_deletion_as_the_journal_knows_it_removes_the_device(pipeline):
    event = pipeline.registered()
    pipeline.deleted(event)
    [snapshot] = pipeline.journal.named(event["thingName"])

    pipeline.run(json.loads(dump_event(snapshot.deleted_event, AT)))

    assert pipeline.status(event) == "removed"
    assert not any(pipeline.held()[each] for each in SERVERS)


def test_a_replayed_event_says_whose_thing_it_is_about(pipeline):
    event = pipeline.event("created")

    assert replayed(pipeline, event)["attributes"]["stackName"] == STACK
