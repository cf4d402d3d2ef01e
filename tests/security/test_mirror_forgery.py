"""Who has the webhook's secret, or writes devices, wants somebody's thing; who makes things, somebody's device."""

import pytest

from tests.security.there_before import OWNERS_KEY, keys, new_ids, owners_device, servers
from tests.workflow import conftest as scene
from tests.workflow.mirroring import Webhook

# Fixtures.
clients, parsers, cloud = scene.clients, scene.parsers, scene.cloud
simulator, pipeline = scene.simulator, scene.pipeline


@pytest.fixture
def webhook(pipeline):
    return Webhook(pipeline)


def attributes_of(webhook, name):
    thing = webhook.thing(name)
    return thing and (thing.get("thingTypeName"), thing["attributes"])


FORGED_IDS = {
    "another JoinEUI": {"join_eui": "70B3D57ED0000BAD"},
    "no JoinEUI": {"join_eui": None},
    "a JoinEUI in small letters": {"join_eui": "70b3d57ed0000bad"},
    "a DevEUI of a device that is not there": {"dev_eui": "70B3D57ED0000BAD"},
    "a device ID that is not there": {"device_id": "not-there"},
}
NO_IDS = {
    "a JoinEUI that is none": {"join_eui": "../../../../"},
    "a DevEUI of other digits": {"dev_eui": "70B3D57ED000123\u0664"},
    "a device ID that is a path": {"device_id": "../not-there"},
    "a device ID that ends in a line": {"device_id": "not-there\n"},
    "a device ID that is no text": {"device_id": ["not-there"]},
    "another application": {"application_ids": {"application_id": "demo-app2"}},
}


@pytest.mark.parametrize("forged", NO_IDS)
def test_a_message_that_wants_to_be_read_in_another_way(webhook, pipeline, forged):
    ids = owners_device(pipeline)

    assert webhook.call(ids, **NO_IDS[forged]) == 202
    assert webhook.queued() == []


@pytest.mark.parametrize("forged", FORGED_IDS)
def test_a_message_that_wants_a_thing_of_a_device_that_is_not_so(webhook, pipeline, forged):
    ids = owners_device(pipeline)
    before = pipeline.held()

    webhook.sent(ids, **FORGED_IDS[forged])

    made = attributes_of(webhook, ids.dev_eui)
    true = {"devEUI": ids.dev_eui, "joinEUI": ids.join_eui, "deviceID": ids.device_id, "stackName": "thingsync"}
    assert made == (("lorawan", true) if "join_eui" in FORGED_IDS[forged] else None)
    assert webhook.thing("70B3D57ED0000BAD") is None
    assert pipeline.held() == before


SOMEBODYS = {
    "nothing of ours": {"owner": "somebody"},
    "its DevEUI": {"owner": "somebody", "devEUI": "{eui}"},
    "another stack's name": {"stackName": "another-stack", "devEUI": "{eui}", "deviceID": "{id}"},
    "our stack's name in other letters": {"stackName": "THINGSYNC", "devEUI": "{eui}"},
    "another device's ID": {"deviceID": "another-device"},
    "its device ID, which its owner chose": {"owner": "somebody", "deviceID": "{id}"},
    "its device ID and DevEUI": {"deviceID": "{id}", "devEUI": "{eui}"},
    "another JoinEUI": {"devEUI": "{eui}", "joinEUI": "70B3D57ED0000BAD", "stackName": "thingsync"},
}


@pytest.mark.parametrize("scheme", ["DevEUI", "StackNameDeviceID"])
@pytest.mark.parametrize("given", SOMEBODYS)
def test_a_device_that_wants_somebody_s_thing_that_bears_its_name(pipeline, given, scheme):
    webhook = Webhook(pipeline)
    pipeline.deploy(THING_NAME_SCHEME=scheme)
    ids = owners_device(pipeline)
    name = ids.dev_eui if scheme == "DevEUI" else f"thingsync_{ids.device_id}"
    attributes = {key: value.format(eui=ids.dev_eui, id=ids.device_id) for key, value in SOMEBODYS[given].items()}
    pipeline.event("created", thing_name=name, attributes=attributes)
    before = attributes_of(webhook, name)

    webhook.sent(ids)
    webhook.sent(ids)

    assert attributes_of(webhook, name) == before
    assert pipeline.reservations.owner(ids.device_id) is None


def test_a_thing_that_is_made_for_a_device_yet_to_come(webhook, pipeline):
    """It gets the device, and no more of it than its name."""
    ids = new_ids()
    event = pipeline.event("created", attributes={"devEUI": ids.dev_eui, "stackName": "thingsync"})
    pipeline.run(event)
    owners_device(pipeline, ids=ids)
    webhook.sent(ids)
    before = servers(pipeline)

    run = pipeline.run(pipeline.updated(event, appKey="DEADBEEF00000000DEADBEEF00000000", name="mine"))

    assert run.error == "ImmutableChangeError"
    assert servers(pipeline) == before
    assert keys(pipeline) == {f"demo-app/{ids.device_id}": OWNERS_KEY}
