"""What is not the device's own gets in nobody's hands: a message's word, other devices, other people's things."""

from dataclasses import replace

import pytest

from tests.samples import STACK
from tests.workflow import paths
from tests.workflow.mirroring import Webhook

OTHER_EUI = "70B3D57ED0000002"


@pytest.fixture
def webhook(pipeline):
    return Webhook(pipeline)


def test_a_join_eui_that_a_message_makes_up_is_not_believed(webhook, pipeline):
    ids = webhook.register()

    webhook.sent(ids, join_eui=OTHER_EUI)
    event = webhook.event_of(ids.dev_eui)
    pipeline.run(event)
    run = pipeline.run(pipeline.updated(event, name="Pump_7"))

    assert event["attributes"]["joinEUI"] == ids.join_eui
    assert run.path == paths.UPDATED


def test_a_message_without_join_eui_is_processed_as_any_other(webhook, pipeline):
    ids = webhook.register()

    webhook.sent(ids, join_eui=None)

    assert webhook.thing(ids.dev_eui)["attributes"]["joinEUI"] == ids.join_eui


@pytest.fixture
def second(webhook, pipeline):
    """Return the IDs of a device with the DevEUI of one that has its thing, under another JoinEUI; and that event."""
    first = webhook.register()
    webhook.sent(first)
    event = webhook.event_of(first.dev_eui)
    pipeline.run(event)
    return webhook.register(replace(first, device_id=f"{first.device_id}-2", join_eui=OTHER_EUI)), event


def test_a_second_device_of_the_dev_eui_is_reported_where_the_name_is_taken(second, webhook, pipeline):
    ids, event = second

    webhook.sent(ids)

    line = pipeline.log_lines(event)[-1]
    assert (line["outcome"], line["deviceId"]) == ("rejected", ids.device_id)
    assert line["error"]["name"] == "MismatchingDeviceError"
    assert pipeline.reservations.owner(ids.device_id) is None
    assert pipeline.metrics()["ActivityRefused", "MismatchingDeviceError"] == 1
    assert pipeline.facts(event) == ["DeviceMirrored"]


def test_a_thing_that_its_user_makes_for_it_is_linked_and_changes_it(second, webhook, pipeline):
    ids, _ = second
    attributes = {"devEUI": ids.dev_eui, "joinEUI": ids.join_eui, "stackName": STACK}
    event = pipeline.event("created", attributes=attributes)
    rejected = pipeline.run(event)

    webhook.sent(ids)
    run = pipeline.run(pipeline.updated(event, name="Pump_8"))

    assert (rejected.path, run.path) == (paths.CREATE_REJECTED, paths.UPDATED)
    assert pipeline.device(ids.device_id)["is"]["name"] == "Pump_8"
    assert pipeline.shadow(event)["deviceId"] == ids.device_id


def test_somebody_s_thing_that_is_named_like_a_device_stays_as_it_is(webhook, pipeline):
    ids = webhook.register()
    attributes = {"owner": "somebody", "serial": "4711"}
    event = pipeline.event("created", thing_name=ids.dev_eui, attributes=attributes)

    webhook.sent(ids)

    thing = webhook.thing(ids.dev_eui)
    assert (thing.get("thingTypeName"), thing["attributes"]) == (None, attributes)
    assert pipeline.log_lines(event)[-1]["error"]["name"] == "MismatchingStackError"
    assert pipeline.reservations.owner(ids.device_id) is None


def test_a_device_that_another_stack_has_registered_is_not_made_a_thing_of(webhook, pipeline):
    mark = {"aws-stack": "another-stack", "aws-thing-id": "a-thing", "aws-run": "a-run"}
    ids = webhook.register(attributes=mark)

    webhook.sent(ids)

    assert webhook.thing(ids.dev_eui) is None
    assert pipeline.metrics()["ActivityRefused", "MismatchingStackError"] == 1
    assert "has the mark of stack another-stack" in pipeline.written()


@pytest.mark.parametrize("lost", ["type", "attributes", "all"])
def test_a_thing_that_lost_its_type_or_attributes_has_them_after_its_device_s_next_message(webhook, pipeline, lost):
    ids = webhook.register()
    webhook.sent(ids)
    event = webhook.event_of(ids.dev_eui)
    pipeline.run(event)
    if lost != "attributes":
        webhook.iot.update_thing(thingName=ids.dev_eui, removeThingType=True)
    if lost != "type":
        rejected = pipeline.run(pipeline.updated(event, **dict.fromkeys(event["attributes"]), name="Pump_7"))
        assert rejected.path == paths.DISPATCH_REJECTED

    pipeline.deploy()
    webhook.sent(ids)
    run = pipeline.run(webhook.event_of(ids.dev_eui, "updated", versionNumber=3))

    thing = webhook.thing(ids.dev_eui)
    assert thing["thingTypeName"] == "lorawan"
    assert thing["attributes"].items() >= event["attributes"].items()
    assert (run.status, pipeline.shadow(event)["status"]) == ("SUCCEEDED", "registered")
    assert pipeline.log_lines(event)[-2]["reason"].startswith("the thing had lost")
