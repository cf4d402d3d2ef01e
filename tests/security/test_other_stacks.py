"""Who has a thing in one stack wants the device of another's on the same application, or one with a copied mark."""

import pytest

from tests.security.there_before import OWNERS_KEY, new_ids, owners_device, servers, whole
from tests.workflow import conftest as scene
from tests.workflow.device_states import mark
from tests.workflow.mirroring import Webhook

# Fixtures.
clients, parsers, cloud = scene.clients, scene.parsers, scene.cloud
simulator, pipeline = scene.simulator, scene.pipeline

THEIRS = {
    "another stack's": "another-stack",
    "a stack whose name begins like ours": "thingsync-2",
    "a stack whose name ours begins with": "thing",
    "our name in other letters": "Thingsync",
    "our name and a space": "thingsync ",
}


@pytest.mark.parametrize("policy", ["NamesOnly", "Write"])
@pytest.mark.parametrize("whose", THEIRS)
@pytest.mark.parametrize("named", [False, True], ids=["by its EUIs", "by its device ID"])
def test_a_thing_that_wants_the_device_of_another_stack_s_thing(pipeline, policy, whose, named):
    pipeline.deploy(ADOPTED_DEVICES=policy)
    ids = owners_device(pipeline, mark=mark(THEIRS[whose]))
    before = pipeline.held()

    event = pipeline.event("created", attributes=whole(ids, **({"deviceID": ids.device_id} if named else {})))
    run = pipeline.run(event)
    again = pipeline.run(pipeline.updated(event, name="mine") | {"repair": True, "overwrite": True})

    assert (run.error, again.error) == ("DeviceConflictError", "DeviceConflictError")
    assert f"belongs to a thing of the stack {THEIRS[whose]}. Delete that thing, or give it this stack's" in run.message
    assert pipeline.held() == before


@pytest.mark.parametrize("whose", THEIRS)
def test_a_thing_that_waits_for_the_device_of_another_stack_to_send(pipeline, whose):
    ids = owners_device(pipeline, mark=mark(THEIRS[whose]))
    before = pipeline.held()
    event = pipeline.event("created", attributes={"devEUI": ids.dev_eui, "stackName": "thingsync"})
    rejected = pipeline.run(event)

    Webhook(pipeline).sent(ids)
    run = pipeline.run(pipeline.updated(event, name="mine"))

    assert (rejected.error, run.error) == ("InvalidThingError", "InvalidThingError")
    assert pipeline.held() == before
    assert f"has the mark of stack {THEIRS[whose]}" in pipeline.written()


def test_a_thing_that_goes_away_and_comes_back_for_a_device_onto_which_its_own_mark_was_copied(pipeline):
    first = pipeline.registered(whole(new_ids(), appKey=OWNERS_KEY))
    [record] = pipeline.held()["is"].values()
    copy = owners_device(pipeline, mark=record["attributes"])
    before = servers(pipeline)

    gone = pipeline.updated(first) | {"thingTypeName": "furniture"}
    pipeline.run(gone)
    back = pipeline.updated(gone, devEUI=copy.dev_eui)
    run = pipeline.run(back)

    assert run.status == "SUCCEEDED"
    assert servers(pipeline) == before
    assert pipeline.shadow(back)["method"] == "adopted"


@pytest.mark.parametrize("alive", [True, False], ids=["living", "gone"])
@pytest.mark.parametrize("named", [False, True], ids=["by its EUIs", "by its device ID"])
def test_a_thing_that_wants_a_device_onto_which_another_s_mark_was_copied(pipeline, alive, named):
    """People make a device of another one's export, in which the mark stands."""
    first = pipeline.registered(whole(new_ids(), appKey=OWNERS_KEY))
    [record] = pipeline.held()["is"].values()
    copy = owners_device(pipeline, mark=record["attributes"])
    if not alive:
        pipeline.run(pipeline.deleted(first))
    before = servers(pipeline)

    event = pipeline.event("created", attributes=whole(copy, **({"deviceID": copy.device_id} if named else {})))
    run = pipeline.run(event)

    assert run.status == "SUCCEEDED"
    assert servers(pipeline) == before
    assert pipeline.shadow(event)["method"] == "adopted"
