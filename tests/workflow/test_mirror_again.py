"""A device that somebody deletes and registers again under another ID stays its thing's, whichever run comes first."""

import pytest

from tests.samples import STACK
from tests.simulated_stack import stack_with
from tests.workflow import paths
from tests.workflow.device_states import CREATE
from tests.workflow.mirroring import Webhook
from workflows.domain.device import DeviceIds
from workflows.domain.drift.comparison import ComparedSnapshot, ComparedThing, Comparison
from workflows.domain.drift.findings import find_difference
from workflows.domain.scope import StackScope
from workflows.ports.journal import Owner

NOTHING = {"is": None, "js": None, "ns": None, "as": None, "claims": []}


@pytest.fixture
def webhook(pipeline):
    return Webhook(pipeline)


@pytest.fixture
def mirrored(webhook, pipeline):
    """Return the IDs of a device that is linked with its thing, and that thing's event."""
    ids = webhook.register()
    webhook.sent(ids)
    event = webhook.event_of(ids.dev_eui)
    pipeline.run(event)
    return ids, event


@pytest.fixture
def created(pipeline):
    """Return the IDs of a device that Thingsync created, and its thing's event."""
    event = pipeline.registered(CREATE)
    attributes = event["attributes"]
    return DeviceIds(device_of(pipeline, event), attributes["devEUI"], attributes["joinEUI"]), event


def device_of(pipeline, event):
    [snapshot] = pipeline.journal.named(event["thingName"])
    return snapshot.state.device.device_id


def difference(pipeline, event):
    """Return what reconcile would say of the thing."""
    [snapshot] = pipeline.journal.named(event["thingName"])
    thing = ComparedThing(
        snapshot.thing_name,
        snapshot.state.settled.version_number,
        "lorawan",
        STACK,
        snapshot.state.device.dev_eui,
        snapshot.thing_id,
    )
    record = stack_with(pipeline.simulator).identity(snapshot.state.device.device_id)
    return find_difference(
        Comparison(thing, ComparedSnapshot(snapshot.thing_id, snapshot.thing_name, snapshot.state), record),
        StackScope(STACK, "lorawan"),
    )


def test_a_mirrored_thing_follows_its_device_and_says_so(mirrored, webhook, pipeline):
    ids, event = mirrored

    again = webhook.register_again(ids)
    webhook.sent(again)

    shadow = pipeline.shadow(event)
    assert pipeline.facts(event) == ["DeviceMirrored", "DeviceMirrored"]
    assert (shadow["status"], shadow["method"], shadow["deviceId"]) == ("registered", "mirrored", again.device_id)
    assert pipeline.log_lines(event)[-1]["reason"].startswith(f"device {ids.device_id} is gone")
    assert webhook.thing(ids.dev_eui)["attributes"]["deviceID"] == again.device_id
    assert pipeline.reservations.owner(again.device_id) == Owner(event["thingId"], ids.dev_eui)
    assert pipeline.reservations.owner(ids.device_id) is None
    assert difference(pipeline, event) is None


def test_the_event_that_this_raises_writes_the_name_that_the_thing_gives(mirrored, webhook, pipeline):
    ids, event = mirrored
    named = pipeline.updated(event, name="Pump_7")
    pipeline.run(named)
    again = webhook.register_again(ids, name="By hand")
    webhook.sent(again)

    run = pipeline.run(webhook.event_of(ids.dev_eui, "updated", versionNumber=3))

    assert run.path == paths.UPDATED
    assert pipeline.device(again.device_id)["is"]["name"] == "Pump_7"


def test_a_change_that_came_before_the_device_sent_is_rejected_and_then_made(mirrored, webhook, pipeline):
    ids, event = mirrored
    again = webhook.register_again(ids)
    rejected = pipeline.run(pipeline.updated(event, name="Pump_7"))
    status = pipeline.shadow(event)["status"]

    webhook.sent(again)
    run = pipeline.run(webhook.event_of(ids.dev_eui, "updated", versionNumber=3))

    assert (rejected.path, status) == (paths.UPDATE_REJECTED, "rejected")
    assert (run.path, pipeline.shadow(event)["status"]) == (paths.UPDATED, "registered")
    assert pipeline.device(again.device_id)["is"]["name"] == "Pump_7"


@pytest.mark.parametrize("name", ["deleted", "deleted-bare"])
def test_the_new_device_goes_with_the_thing_as_the_old_one_would_have(mirrored, webhook, pipeline, name):
    ids, event = mirrored
    again = webhook.register_again(ids)
    webhook.sent(again)

    run = pipeline.run(pipeline.deleted(event, name))

    assert (run.path, pipeline.device(again.device_id)) == (paths.REMOVED, NOTHING)
    assert pipeline.reservations.owner(again.device_id) is None


def test_a_created_thing_follows_its_device_as_one_that_was_there_before(created, webhook, pipeline):
    ids, event = created
    again = webhook.register_again(ids)
    before = pipeline.held()

    webhook.sent(again)

    shadow = pipeline.shadow(event)
    assert pipeline.facts(event) == ["EventAccepted", "DeviceCreated", "DeviceAdopted"]
    assert (shadow["status"], shadow["method"], shadow["deviceId"]) == ("registered", "adopted", again.device_id)
    assert pipeline.held() == before
    assert difference(pipeline, event) is None


def test_what_somebody_registered_again_stays_when_such_a_thing_goes(created, webhook, pipeline):
    ids, event = created
    again = webhook.register_again(ids)
    webhook.sent(again)

    run = pipeline.run(pipeline.deleted(event))

    assert run.path == paths.RELEASED
    assert pipeline.device(again.device_id)["is"] is not None


@pytest.mark.parametrize("sends_first", [True, False], ids=["the device", "the thing's change"])
def test_the_next_change_of_such_a_thing_comes_to_the_same_device_whichever_is_first(
    created, webhook, pipeline, sends_first
):
    ids, event = created
    again = webhook.register_again(ids)

    if sends_first:
        webhook.sent(again)
    run = pipeline.run(pipeline.updated(event, name="Pump_7"))
    webhook.pipeline.deploy()
    webhook.sent(again)

    assert run.path == paths.UPDATED
    assert device_of(pipeline, event) == again.device_id
    assert pipeline.reservations.owner(again.device_id) == Owner(event["thingId"], event["thingName"])
    assert pipeline.reservations.owner(ids.device_id) is None
    assert (pipeline.status(event), difference(pipeline, event)) == ("registered", None)
