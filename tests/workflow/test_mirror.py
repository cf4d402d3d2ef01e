"""Devices registered in The Things Stack become things, and those things' events run as any other's."""

import json

import pytest

from tests.samples import STACK
from tests.workflow import paths
from tests.workflow.device_states import CREATE
from tests.workflow.mirroring import Webhook
from workflows.ports.journal import Owner

NOTHING = {"is": None, "js": None, "ns": None, "as": None, "claims": []}


@pytest.fixture
def webhook(pipeline):
    return Webhook(pipeline)


def owner(pipeline, ids):
    return pipeline.reservations.owner(ids.device_id)


def test_a_device_that_sends_becomes_a_thing(webhook, pipeline):
    ids = webhook.register()

    webhook.sent(ids)

    thing = webhook.thing(ids.dev_eui)
    assert thing["thingTypeName"] == "lorawan"
    assert thing["attributes"] == {
        "devEUI": ids.dev_eui,
        "stackName": STACK,
        "deviceID": ids.device_id,
        "joinEUI": ids.join_eui,
    }
    assert owner(pipeline, ids) == Owner(thing["thingId"], ids.dev_eui, is_reserved=True)
    assert pipeline.metrics() == {"ActivityReceived": 1, "ThingsMirrored": 1}


def test_the_thing_s_own_event_links_it_and_calls_nobody(webhook, pipeline):
    ids = webhook.register()
    webhook.sent(ids)
    event = webhook.event_of(ids.dev_eui)
    before = pipeline.held()

    run = pipeline.run(event)

    assert (run.path, pipeline.held()) == (paths.MIRRORED, before)
    assert (pipeline.facts(event), pipeline.status(event)) == (["DeviceMirrored"], "registered")
    assert pipeline.shadow(event).items() >= {"status": "registered", "method": "mirrored"}.items()
    [line] = pipeline.log_lines(event)
    assert (line["outcome"], line["method"], line["deviceId"]) == ("registered", "mirrored", ids.device_id)
    assert owner(pipeline, ids) == Owner(event["thingId"], ids.dev_eui)


def test_an_event_that_comes_twice_changes_nothing(webhook, pipeline):
    ids = webhook.register()
    webhook.sent(ids)
    event = webhook.event_of(ids.dev_eui)
    pipeline.run(event)
    shadow = pipeline.shadow(event)

    run = pipeline.run(event)

    assert (run.path, pipeline.facts(event)) == (paths.SKIPPED, ["DeviceMirrored"])
    assert pipeline.shadow(event) == shadow


@pytest.fixture
def mirrored(webhook, pipeline):
    """Return the IDs of a device that is linked with its thing, and that thing's event."""
    ids = webhook.register()
    webhook.sent(ids)
    event = webhook.event_of(ids.dev_eui)
    pipeline.run(event)
    return ids, event


def test_uplinks_of_a_device_that_has_its_thing_leave_the_queue_empty(mirrored, webhook, pipeline):
    """The first one passes, since an instance lets one through every ten seconds: its thing is checked."""
    ids, _ = mirrored

    statuses = [webhook.call(ids) for _ in range(5)]
    queued = webhook.queued()

    assert (statuses, len(queued)) == ([202] * 5, 1)
    assert pipeline.metrics().items() >= {"ActivityReceived": 2, "ActivityKnown": 1}.items()  # the others wait


def test_a_join_of_such_a_device_is_queued(mirrored, webhook):
    ids, _ = mirrored

    for _ in range(3):
        webhook.call(ids, joins=True)

    assert len(webhook.queued()) == 3


def test_if_the_journal_cannot_be_read_every_message_is_queued(mirrored, webhook, pipeline):
    ids, _ = mirrored
    pipeline.deploy(JOURNAL_TABLE="gone")

    statuses = [webhook.call(ids) for _ in range(3)]

    assert (statuses, len(webhook.queued())) == ([202] * 3, 3)


def test_a_change_of_such_a_thing_reaches_its_device_without_any_key(mirrored, pipeline):
    ids, event = mirrored

    run = pipeline.run(pipeline.updated(event, name="Pump_7"))

    assert run.path == paths.UPDATED
    assert pipeline.device(ids.device_id)["is"]["name"] == "Pump_7"
    assert pipeline.shadow(event)["method"] == "mirrored"


@pytest.mark.parametrize("name", ["deleted", "deleted-bare"])
def test_the_device_of_such_a_thing_goes_with_it(mirrored, webhook, pipeline, name):
    ids, event = mirrored

    run = pipeline.run(pipeline.deleted(event, name))
    webhook.pipeline.deploy()
    webhook.sent(ids)

    assert (run.path, pipeline.device(ids.device_id)) == (paths.REMOVED, NOTHING)
    assert (webhook.thing(ids.dev_eui), owner(pipeline, ids)) == (None, None)
    assert pipeline.metrics()["ActivityStale"] == 1


def test_under_retain_the_device_stays_and_its_thing_comes_back_when_it_sends(pipeline):
    webhook = Webhook(pipeline, DELETE_POLICY="Retain")
    ids = webhook.register()
    webhook.sent(ids)
    first = webhook.event_of(ids.dev_eui)
    pipeline.run(first)

    run = pipeline.run(pipeline.deleted(first))
    pipeline.deploy()
    webhook.sent(ids)
    second = webhook.event_of(ids.dev_eui)

    assert (run.path, pipeline.run(second).path) == (paths.RELEASED, paths.MIRRORED)
    assert first["thingId"] != second["thingId"]
    assert owner(pipeline, ids).thing_id == second["thingId"]


@pytest.mark.parametrize("name", ["deleted", "deleted-bare"])
def test_a_thing_that_is_deleted_before_its_events_run_takes_its_device_along(webhook, pipeline, name):
    ids = webhook.register()
    webhook.sent(ids)
    created = webhook.event_of(ids.dev_eui)
    more = {"attributes": created["attributes"]} if name == "deleted" else {}
    events = [pipeline.deleted(created, name) | more, created]

    # Ingest drops a deletion that does not show whose it is, for a thing that the journal does not know.
    runs = [pipeline.run(event) for event in (events if more else [created])]

    assert runs[0].path == paths.REMOVED
    assert (pipeline.device(ids.device_id), owner(pipeline, ids)) == (NOTHING, None)


def test_a_user_who_makes_the_thing_while_the_first_uplink_arrives_has_the_only_one(webhook, pipeline):
    ids = webhook.register()
    attributes = CREATE | {"devEUI": ids.dev_eui, "joinEUI": ids.join_eui, "deviceID": ids.device_id}
    event = pipeline.event("created", attributes=attributes)

    webhook.sent(ids)
    linked = pipeline.facts(event)
    run = pipeline.run(event)

    assert (linked, run.path) == (["DeviceAdopted"], paths.CREATED)
    assert pipeline.facts(event) == ["DeviceAdopted", "EventAccepted", "DeviceAdopted"]
    assert webhook.thing(ids.dev_eui) is None
    assert owner(pipeline, ids) == Owner(event["thingId"], event["thingName"])
    assert pipeline.shadow(event)["method"] == "adopted"


def test_a_user_whose_event_runs_first_is_found_by_the_journal_alone(webhook, pipeline):
    ids = webhook.register()
    attributes = CREATE | {"devEUI": ids.dev_eui, "joinEUI": ids.join_eui, "deviceID": ids.device_id}
    event = pipeline.registered(attributes)

    webhook.sent(ids)

    assert webhook.thing(ids.dev_eui) is None
    assert pipeline.facts(event) == ["EventAccepted", "DeviceAdopted"]


def test_a_thing_of_another_stack_is_reported_in_its_log_and_nothing_is_made(webhook, pipeline):
    ids = webhook.register()
    event = pipeline.event("created", attributes={"devEUI": ids.dev_eui, "stackName": "another-stack"})

    webhook.sent(ids)

    [line] = pipeline.log_lines(event)
    assert line["error"]["name"] == "MismatchingStackError"
    assert webhook.thing(ids.dev_eui) is None
    assert pipeline.metrics() == {
        "ActivityReceived": 1,
        "ActivityRefused": 1,
        ("ActivityRefused", "MismatchingStackError"): 1,
    }


def test_who_does_not_prove_itself_queues_nothing(webhook, pipeline):
    status = webhook.call(webhook.register(), "wrong")

    assert (status, webhook.queued()) == (403, [])
    assert pipeline.metrics() == {"ActivityUnauthorized": 1}


def test_a_message_that_cannot_be_processed_is_delivered_again_and_the_others_are_not(webhook, pipeline):
    first, second = webhook.register(), webhook.register()
    for ids in (first, second):
        webhook.call(ids)
    pipeline.fault(method="GET", path=first.device_id, action="503")

    again = webhook.mirror(*webhook.queued())
    pipeline.no_faults()
    failed = webhook.mirror(*map(json.dumps, again))

    assert [message["end_device_ids"]["device_id"] for message in again] == [first.device_id]
    assert failed == []
    assert {webhook.thing(ids.dev_eui)["thingTypeName"] for ids in (first, second)} == {"lorawan"}
    assert pipeline.metrics()["ActivityFailed", "RegistryUnavailableError"] == 1


def test_a_message_that_nobody_can_read_is_delivered_again_until_it_is_a_dead_letter(webhook, pipeline):
    assert webhook.mirror('{"end_device_ids": 1}') == [{"end_device_ids": 1}]
    assert pipeline.metrics()["ActivityFailed", "InvalidActivityError"] == 1


def test_a_key_that_is_refused_leaves_the_message(webhook, pipeline):
    ids = webhook.register()
    webhook.call(ids)
    pipeline.cloud.secret("thingsync/thingsync/api-key", "NNSXS.WRONG.KEY")
    pipeline.deploy()

    again = webhook.mirror()
    pipeline.cloud.secret("thingsync/thingsync/api-key", pipeline.stored_secrets[0])

    assert len(again) == 1
    assert webhook.thing(ids.dev_eui) is None
