"""A lost session cannot be made again: no thing gets at that of a device that is activated by personalization."""

import pytest

from tests.security.there_before import STRANGERS_KEY, linked, mirrored, new_ids, servers, whole
from tests.simulated_stack import stack_with
from tests.workflow import conftest as scene
from tests.workflow.device_states import CREATE
from workflows.domain.attributes import NO_VALUES
from workflows.domain.device import IdentityRecord

# Fixtures.
clients, parsers, cloud = scene.clients, scene.parsers, scene.cloud
simulator, pipeline = scene.simulator, scene.pipeline

RADIO = {"frequency_plan_id": "EU_863_870", "lorawan_version": "MAC_V1_0_2", "lorawan_phy_version": "PHY_V1_0_2_REV_B"}
SESSION = {"dev_addr": "260B1234", "keys": {"f_nwk_s_int_key": {"key": "0102030405060708090A0B0C0D0E0F10"}}}
PATHS = ["supports_join", *RADIO, "session.dev_addr", "session.keys.f_nwk_s_int_key.key"]
ASKED = {
    "plan": {"frequencyPlanID": "EU_863_870_TTN"},
    "plan and versions": {
        "frequencyPlanID": "EU_863_870_TTN",
        "lorawanVersion": "1.0.3",
        "regionalParametersVersion": "1.0.3-a",
    },
    "root key": {"appKey": STRANGERS_KEY},
    "all": CREATE | {"devEUI": None, "joinEUI": None, "appKey": STRANGERS_KEY},
}


def activated(pipeline, join_eui):
    """Return the IDs of a device with a session that its owner gave it."""
    ids = new_ids(join_eui=join_eui)
    stack_with(pipeline.simulator).create_identity(IdentityRecord(ids))
    identifiers = {"device_id": ids.device_id, "dev_eui": ids.dev_eui} | ({"join_eui": join_eui} if join_eui else {})
    body = {"end_device": {"ids": identifiers, "supports_join": False, **RADIO, "session": SESSION}}
    path = f"ns/applications/demo-app/devices/{ids.device_id}"
    pipeline.simulator.call("PUT", path, body | {"field_mask": {"paths": PATHS}})
    stack_with(pipeline.simulator).set_application(ids, NO_VALUES)
    return ids


def network(pipeline, ids):
    return servers(pipeline)["ns"].get(f"demo-app/{ids.device_id}")


@pytest.fixture(params=["", "0000000000000000", "70B3D57ED0000001"], ids=["no JoinEUI", "zeros", "a JoinEUI"])
def ids(request, pipeline):
    return activated(pipeline, request.param)


@pytest.mark.parametrize("words", [{}, {"repair": True, "overwrite": True}], ids=["change", "repair"])
@pytest.mark.parametrize("wanted", ASKED)
@pytest.mark.parametrize("way", [linked, mirrored])
def test_a_thing_that_wants_to_change_the_device_of_a_session(pipeline, ids, way, wanted, words):
    event = way(pipeline, ids)
    before = servers(pipeline)

    changes = {name: value for name, value in ASKED[wanted].items() if value}
    run = pipeline.run(pipeline.updated(event, **changes) | words)

    assert run.error in ("ImmutableChangeError", "InvalidThingError", "DeviceConflictError")
    assert servers(pipeline) == before
    assert network(pipeline, ids)["session"]["dev_addr"] == SESSION["dev_addr"]


@pytest.mark.parametrize("policy", ["NamesOnly", "Write"])
@pytest.mark.parametrize("named", [False, True], ids=["by its EUIs", "by its device ID"])
def test_a_thing_with_keys_that_wants_to_take_the_place_of_a_session(pipeline, ids, named, policy):
    pipeline.deploy(ADOPTED_DEVICES=policy)
    before = network(pipeline, ids)
    attributes = whole(ids, joinEUI=ids.join_eui or "0" * 16, **({"deviceID": ids.device_id} if named else {}))
    event = pipeline.event("created", attributes=attributes)

    pipeline.run(event)
    pipeline.run(event | {"repair": True, "overwrite": True})
    pipeline.run(pipeline.deleted(event))

    after = network(pipeline, ids)
    unchanged = ("session", "supports_join") if policy == "Write" else before.keys()
    assert {name: after.get(name) for name in unchanged} == {name: before.get(name) for name in unchanged}
    assert after["session"]["dev_addr"] == SESSION["dev_addr"]
    assert f"demo-app/{ids.device_id}" in pipeline.held()["is"]
