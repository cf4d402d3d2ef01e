"""A device that somebody registered in The Things Stack, and the ways by which a stranger's thing comes to it."""

import uuid

from tests.simulated_stack import stack_with
from tests.workflow.device_states import CREATE, OTHER_APP_KEY, device
from tests.workflow.mirroring import Webhook
from workflows.domain.device import DeviceIds

OWNERS_KEY = OTHER_APP_KEY
STRANGERS_KEY = "DEADBEEF00000000DEADBEEF00000000"


def new_ids(**changes):
    number = uuid.uuid4().hex[:8]
    given = {"device_id": f"meter-{number}", "dev_eui": f"70B3D57E{number.upper()}", "join_eui": CREATE["joinEUI"]}
    return DeviceIds(**given | changes)


def owners_device(pipeline, ids=None, **record):
    """Return the IDs of a device that its owner registered by hand, on all servers, with a key of his own."""
    ids = ids or new_ids()
    device("js", "ns", "as", ids=ids, **record)(pipeline.simulator)
    return ids


def attributes_of(ids, **more):
    """Return the attributes of a thing for a device, by what stands on its label."""
    return {"devEUI": ids.dev_eui, "joinEUI": ids.join_eui, "stackName": "thingsync"} | more


def whole(ids, **more):
    return CREATE | attributes_of(ids, appKey=STRANGERS_KEY) | more


def adopted(pipeline, ids):
    """A thing that is made with all that registering a device takes."""
    event = pipeline.event("created", attributes=whole(ids))
    assert pipeline.run(event).status == "SUCCEEDED"
    return event


def keyless(pipeline, ids):
    """A thing that gives all but a key, so that a device that is there is taken up."""
    event = pipeline.event("created", attributes=attributes_of(ids))
    assert pipeline.run(event).status == "SUCCEEDED"
    return event


def linked(pipeline, ids):
    """A thing that gives the DevEUI alone, and is linked when the device sends."""
    webhook = Webhook(pipeline)
    event = pipeline.event("created", attributes={"devEUI": ids.dev_eui, "stackName": "thingsync"})
    assert pipeline.run(event).error == "InvalidThingError"
    webhook.sent(ids, join_eui=ids.join_eui or None)
    return event


def mirrored(pipeline, ids):
    """A thing that Thingsync made of the device."""
    webhook = Webhook(pipeline)
    webhook.sent(ids, join_eui=ids.join_eui or None)
    event = webhook.event_of(ids.dev_eui)
    assert pipeline.run(event).status == "SUCCEEDED"
    return event


def followed(pipeline, ids):
    """A thing that Thingsync made, whose device was registered again under another ID."""
    event = mirrored(pipeline, ids)
    stack = stack_with(pipeline.simulator)
    for server in ("as", "ns", "js"):
        stack.delete_record(server, ids.device_id)
    stack.delete_identity(ids.device_id)
    device("js", "ns", "as", ids=again(ids))(pipeline.simulator)
    pipeline.deploy()
    Webhook(pipeline).sent(again(ids))
    return event


def again(ids):
    return DeviceIds(f"{ids.device_id}-new", ids.dev_eui, ids.join_eui)


def taken_up(pipeline, ids):
    """A thing for a device that was retained when the thing was deleted for which Thingsync had made it."""
    stack = stack_with(pipeline.simulator)
    for server in ("as", "ns", "js"):
        stack.delete_record(server, ids.device_id)
    stack.delete_identity(ids.device_id)
    pipeline.deploy(DELETE_POLICY="Retain")
    pipeline.run(pipeline.deleted(pipeline.registered(whole(ids, appKey=OWNERS_KEY, deviceID=ids.device_id))))
    return adopted(pipeline, ids)


COMING = {way.__name__: way for way in (adopted, keyless, linked, mirrored, followed, taken_up)}


def servers(pipeline):
    """Return what all servers hold of all devices, but for the times and what a thing's user may write: names."""
    free = ("at", "created_at", "updated_at", "name", "description")
    return {
        server: {
            key: {name: value for name, value in record.items() if name not in free} for key, record in held.items()
        }
        for server, held in pipeline.held().items()
        if server in ("is", "js", "ns", "as", "claims")
    }


def keys(pipeline):
    """Return the root keys by device, as texts."""
    return {key: record["root_keys"]["app_key"]["key"] for key, record in pipeline.held()["js"].items()}
