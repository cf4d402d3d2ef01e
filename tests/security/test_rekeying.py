"""Who has a device's DevEUI, which is printed on it, wants to be its master."""

import pytest

from tests.security.there_before import COMING, OWNERS_KEY, STRANGERS_KEY, keys, owners_device, servers, whole
from tests.workflow import conftest as scene
from tests.workflow.device_states import CREATE
from tests.workflow.paths import RELEASED

# Fixtures.
clients, parsers, cloud = scene.clients, scene.parsers, scene.cloud
simulator, pipeline = scene.simulator, scene.pipeline

WAY_OUT = "change them in The Things Stack, or delete the device there"
CREATE_AGAIN = "Delete the thing and create it again"
SESSION = {"devAddr": "260B1234", "appSKey": STRANGERS_KEY, "nwkSKey": STRANGERS_KEY}
MAC_1_1 = {"lorawanVersion": "1.1", "regionalParametersVersion": "1.1-b"}
# What is asked for, and what the refusal says; None for what is no attribute of a device, and ignored.
ASKED = {
    "root key": ({"appKey": STRANGERS_KEY[::-1]}, WAY_OUT),
    "plan": ({"frequencyPlanID": "US_902_928_FSB_2"}, WAY_OUT),
    "versions": ({"lorawanVersion": "1.0.4", "regionalParametersVersion": "RP002-1.0.3"}, WAY_OUT),
    "keys and versions of 1.1": (MAC_1_1 | {"appKey": STRANGERS_KEY[::-1], "nwkKey": STRANGERS_KEY[::-1]}, WAY_OUT),
    "DevEUI": ({"devEUI": "70B3D57ED0059999"}, CREATE_AGAIN),
    "JoinEUI": ({"joinEUI": "70B3D57ED0000002"}, CREATE_AGAIN),
    "device ID": ({"deviceID": "another-device"}, CREATE_AGAIN),
    "claim code": ({"claimAuthenticationCode": "ABCD1234", "appKey": None}, None),
    "class": ({"supportsClassC": "true"}, WAY_OUT),
    "session": (SESSION | {"appKey": None}, WAY_OUT),
    "words of The Things Stack": ({"macSettings": "x", "session": "x", "supports_join": "false"}, None),
    "names of keys in other letters": ({"AppKey": STRANGERS_KEY[::-1], "appkey": STRANGERS_KEY[::-1]}, None),
    "the words of events": ({"repair": "true", "overwrite": "true", "operation": "DELETED"}, None),
}


@pytest.fixture(params=COMING)
def come(request, pipeline):
    """Return the event of a stranger's thing that has come to a device, and what all servers hold."""
    ids = owners_device(pipeline)
    event = COMING[request.param](pipeline, ids)
    before = servers(pipeline)
    assert list(keys(pipeline).values()) == [OWNERS_KEY]
    return event, before


@pytest.mark.parametrize("wanted", ASKED)
def test_a_stranger_that_wants_what_a_device_has_that_was_there(come, pipeline, wanted):
    event, before = come
    changes, refusal = ASKED[wanted]

    updated = pipeline.updated(event, **changes)
    runs = [pipeline.run(updated | words) for words in ({}, {"repair": True, "overwrite": True})]

    assert servers(pipeline) == before
    assert {run.status for run in runs} == {"SUCCEEDED" if refusal is None else "FAILED"}
    for run in runs if refusal else []:
        assert (run.error, refusal in run.message) == ("ImmutableChangeError", True)
        assert pipeline.shadow(updated)["error"]["name"] == "ImmutableChangeError"


@pytest.mark.parametrize("wanted", ["root key", "plan", "versions"])
def test_a_stranger_that_has_its_run_broken_and_begins_again_in_the_middle(come, pipeline, wanted):
    event, before = come
    updated = pipeline.updated(event, **ASKED[wanted][0])
    pipeline.fault(method="GET", path="^/applications", action="drop-after")

    broken = pipeline.broken_run(updated)
    pipeline.no_faults()
    run = pipeline.run(updated | {"repair": True})

    assert (broken.error, run.error) == ("RegistryUnavailableError", "ImmutableChangeError")
    assert servers(pipeline) == before


@pytest.mark.parametrize("way", ["adopted", "keyless", "linked", "taken_up"])
@pytest.mark.parametrize("policy", ["Delete", "Retain"])
def test_a_stranger_that_deletes_its_thing_and_makes_it_again(pipeline, way, policy):
    ids = owners_device(pipeline)
    event = COMING[way](pipeline, ids)
    pipeline.deploy(DELETE_POLICY=policy)
    before = servers(pipeline)

    ended = pipeline.run(pipeline.deleted(event))
    event = pipeline.event("created", attributes=whole(ids, frequencyPlanID="US_902_928_FSB_2"))
    begun = pipeline.run(event)

    assert (ended.path, begun.status) == (RELEASED, "SUCCEEDED")
    assert servers(pipeline) == before
    assert pipeline.shadow(event)["method"] == "adopted"
    assert "frequencyPlanID" in pipeline.log_lines(event)[-1]["reason"]


def hidden(event, pipeline):
    """The thing gets another type; only the event shows it."""
    return pipeline.updated(event) | {"thingTypeName": "furniture"}


def handed_over(event, pipeline):
    return pipeline.updated(event, stackName="another-stack")


@pytest.mark.parametrize("away", [hidden, handed_over])
def test_a_stranger_that_has_its_thing_go_away_and_come_back(come, pipeline, away):
    event, before = come
    [dev_eui] = [record["ids"]["dev_eui"] for record in before["is"].values()]

    gone = away(event, pipeline)
    pipeline.run(gone)
    back = pipeline.updated(
        gone, **CREATE | {"devEUI": dev_eui, "appKey": STRANGERS_KEY, "frequencyPlanID": "US_902_928_FSB_2"}
    )
    run = pipeline.run(back)
    method = pipeline.shadow(back)["method"]
    again = pipeline.run(pipeline.updated(back, appKey=STRANGERS_KEY[::-1]))

    assert (run.status, method, again.error) == ("SUCCEEDED", "adopted", "ImmutableChangeError")
    assert servers(pipeline) == before
