"""Devices that are activated by personalization (ABP), through the whole pipeline: whatever comes, a whole session."""

import json
import uuid

import pytest

from tests.golden_events import golden
from tests.samples import (
    APP_KEY,
    APP_S_KEY,
    DEV_ADDR,
    DEV_EUI,
    DEVICE_ID,
    JOIN_EUI,
    NWK_S_ENC_KEY,
    NWK_S_KEY,
    PERSONALIZED,
    S_NWK_S_INT_KEY,
    identity_record,
)
from tests.simulated_stack import stack_with
from tests.workflow import paths
from tests.workflow.mirroring import RADIO, Webhook
from workflows.domain.attributes import DeviceKeys
from workflows.domain.device import DeviceIds

NOTHING = {"is": {}, "js": {}, "ns": {}, "as": {}, "claims": {}}
COUNTERS = {"lastFCntUp": "7", "lastNFCntDown": "5", "lastAFCntDown": "3"}
IN_1_1 = {"lorawanVersion": "1.1", "regionalParametersVersion": "1.1-b"}
OTHER_KEY = "00112233445566778899AABBCCDDEEFF"
OTHER_ADDR = "00B6F064"
KEYS_OF_1_1 = {
    "appSKey": APP_S_KEY,
    "nwkSKey": NWK_S_KEY,
    "sNwkSIntKey": S_NWK_S_INT_KEY,
    "nwkSEncKey": NWK_S_ENC_KEY,
}


def session(pipeline, device_id=DEVICE_ID):
    """Return the session without its keys' names: what each server has of it."""
    servers = pipeline.device(device_id)
    network, application = servers["ns"]["session"], servers["as"]["session"]
    return {
        "addresses": {network["dev_addr"], application["dev_addr"]},
        "nwkSKey": network["keys"]["f_nwk_s_int_key"]["key"],
        "appSKey": application["keys"]["app_s_key"]["key"],
        "counters": [network.get("last_f_cnt_up"), network.get("last_n_f_cnt_down")],
    }


WHOLE = {"addresses": {DEV_ADDR}, "nwkSKey": NWK_S_KEY, "appSKey": APP_S_KEY, "counters": [7, 5]}


@pytest.mark.parametrize("join_eui", [None, JOIN_EUI], ids=["without a JoinEUI", "with a JoinEUI"])
def test_a_thing_with_a_session_becomes_a_device_and_goes_without_a_trace(pipeline, join_eui):
    attributes = PERSONALIZED | COUNTERS | ({"joinEUI": join_eui} if join_eui else {})
    event = pipeline.event("created", attributes=attributes)

    run = pipeline.run(event)

    servers = pipeline.device(DEVICE_ID)
    assert (run.path, pipeline.shadow(event)["method"]) == (paths.CREATED, "created")
    assert session(pipeline) == WHOLE
    assert (servers["js"], servers["claims"]) == (None, [])
    assert "supports_join" not in servers["ns"]
    assert "join_server_address" not in servers["is"]
    assert servers["as"]["session"]["last_a_f_cnt_down"] == 3
    assert pipeline.run(pipeline.deleted(event)).path == paths.REMOVED
    assert pipeline.held() == NOTHING


def test_all_keys_of_a_session_of_1_1_may_be_secrets(pipeline):
    one = pipeline.secret("keys", json.dumps({name: key.lower() for name, key in KEYS_OF_1_1.items()}))
    references = {name: f"{one}#{name}" for name in KEYS_OF_1_1}

    run = pipeline.run(pipeline.event("created", attributes=PERSONALIZED | IN_1_1 | references))

    servers = pipeline.device(DEVICE_ID)
    assert run.status == "SUCCEEDED"
    assert servers["ns"]["session"]["keys"] == {
        "f_nwk_s_int_key": {"key": NWK_S_KEY},
        "s_nwk_s_int_key": {"key": S_NWK_S_INT_KEY},
        "nwk_s_enc_key": {"key": NWK_S_ENC_KEY},
    }
    assert servers["as"]["session"]["keys"] == {"app_s_key": {"key": APP_S_KEY}}


def test_a_session_key_may_not_be_another_devices_secret(pipeline):
    secret = pipeline.secret("keys", NWK_S_KEY, dev_eui="70B3D57ED0059999")

    run = pipeline.run(pipeline.event("created", attributes=PERSONALIZED | {"nwkSKey": secret}))

    assert run.path == paths.DISPATCH_REJECTED
    assert "nwkSKey: names a secret that is not this thing's" in run.reason


@pytest.mark.parametrize("action", ["429", "503", "drop-before", "drop-after"])
@pytest.mark.parametrize("server", ["^/search/", "^/applications", "^/ns/", "^/as/"])
def test_an_outage_in_the_middle_ends_in_a_whole_session_and_never_sets_a_counter_back(pipeline, server, action):
    pipeline.fault(path=server, action=action, times=2)

    run = pipeline.run(pipeline.event("created", attributes=PERSONALIZED | COUNTERS))

    assert run.status == "SUCCEEDED"
    assert session(pipeline) == WHOLE


def test_a_device_that_has_counted_meanwhile_keeps_its_counters_when_the_run_goes_on(pipeline):
    pipeline.fault(method="PUT", path="^/as/", action="503", times=50)
    event = pipeline.event("created", attributes=PERSONALIZED | COUNTERS)
    assert pipeline.run(event).path == paths.CREATE_FAILED
    counted = {"session": {"last_f_cnt_up": 500}}
    ids = {"device_id": DEVICE_ID, "dev_eui": DEV_EUI}
    body = {"end_device": {"ids": ids, **counted}, "field_mask": {"paths": ["session.last_f_cnt_up"]}}
    pipeline.simulator.call("PUT", f"ns/applications/demo-app/devices/{DEVICE_ID}", body)
    pipeline.no_faults()

    run = pipeline.run(event)

    assert run.status == "SUCCEEDED"
    assert session(pipeline) == WHOLE | {"counters": [500, 5]}
    assert pipeline.device(DEVICE_ID)["as"]["session"]["last_a_f_cnt_down"] == 3


@pytest.mark.parametrize("broken", ["^/ns/", "^/as/"])
def test_an_address_that_one_server_did_not_take_is_written_by_the_next_run(pipeline, broken):
    event = pipeline.registered(PERSONALIZED)
    change = pipeline.updated(event, devAddr=OTHER_ADDR, appSKey=OTHER_KEY, nwkSKey=OTHER_KEY)
    pipeline.fault(method="PUT", path=broken, action="503", times=50)
    assert pipeline.run(change).path == paths.UPDATE_FAILED
    pipeline.no_faults()

    run = pipeline.run(pipeline.updated(change, name="Pump_8"))

    after = session(pipeline)
    assert run.path == paths.UPDATED
    assert (after["addresses"], after["appSKey"], after["nwkSKey"]) == ({OTHER_ADDR}, OTHER_KEY, OTHER_KEY)


def test_events_out_of_order_and_twice_end_in_the_latest_session(pipeline):
    created = pipeline.event("created", attributes=PERSONALIZED)
    updated = pipeline.updated(created, devAddr=OTHER_ADDR)

    assert [pipeline.run(event).path for event in (updated, created, updated)] == [
        paths.CREATED,
        paths.SKIPPED,
        paths.SKIPPED,
    ]
    assert session(pipeline)["addresses"] == {OTHER_ADDR}
    removed = pipeline.run(deleted := pipeline.deleted(updated))
    assert (removed.path, pipeline.run(updated).path, pipeline.run(deleted).path) == (
        paths.REMOVED,
        paths.SKIPPED,
        paths.SKIPPED,
    )
    assert pipeline.held() == NOTHING


def test_the_same_dev_eui_is_not_registered_twice(pipeline):
    pipeline.registered(PERSONALIZED)
    second = pipeline.event("created", attributes=PERSONALIZED | {"deviceID": "pump-9"})

    run = pipeline.run(second)

    assert run.error == "DeviceConflictError"
    assert "belongs to thing" in run.message
    assert [record["ids"]["device_id"] for record in pipeline.held()["is"].values()] == [DEVICE_ID]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (PERSONALIZED | {"joinEUI": JOIN_EUI}, golden("created")["attributes"]),
        (golden("created")["attributes"], PERSONALIZED),
    ],
    ids=["it joins", "it never joins"],
)
def test_a_device_is_activated_otherwise_once_its_thing_was_made_anew(pipeline, first, then):
    first = first | {"devEUI": DEV_EUI, "stackName": "thingsync"}
    then = then | {"devEUI": DEV_EUI, "stackName": "thingsync"}
    event = pipeline.registered(first)
    gone = dict.fromkeys(first.keys() - then.keys())
    refused = pipeline.run(pipeline.updated(event, **gone, **then))

    pipeline.run(pipeline.deleted(event))
    run = pipeline.run(pipeline.event("created", attributes=then))

    assert (refused.error, run.status) == ("ImmutableChangeError", "SUCCEEDED")
    servers = pipeline.device(DEVICE_ID)
    assert (servers["js"] is None) == ("devAddr" in then) == ("supports_join" not in servers["ns"])


# A device that somebody registered in The Things Stack.


@pytest.fixture(params=["DevEUI", "StackNameDeviceID"])
def theirs(request, pipeline):
    """Register a device with a session and without a JoinEUI and let it send; return its IDs and its thing's event."""
    webhook = Webhook(pipeline)
    pipeline.deploy(THING_NAME_SCHEME=request.param)
    number = uuid.uuid4().hex[:8]
    ids = DeviceIds(f"meter-{number}", f"70B3D57E{number.upper()}", "")
    stack = stack_with(pipeline.simulator)
    stack.create_identity(identity_record(ids, claimed=True))
    values = RADIO.of(RADIO.given() | {"devAddr": DEV_ADDR})
    keys = DeviceKeys(app_s_key=APP_S_KEY, nwk_s_key=NWK_S_KEY)
    stack.set_network(ids, values, keys)
    stack.set_application(ids, values, keys)
    webhook.sent(ids, join_eui=None)
    return ids, webhook.event_of(ids.dev_eui if request.param == "DevEUI" else f"thingsync_{ids.device_id}")


def test_a_device_without_a_join_eui_that_sends_becomes_a_thing_that_can_name_and_remove_it(theirs, pipeline):
    ids, event = theirs
    before = pipeline.device(ids.device_id)

    linked = pipeline.run(event)
    named = pipeline.run(changed := pipeline.updated(event, name="Meter_7"))

    after = pipeline.device(ids.device_id)
    assert event["attributes"].keys() == {"devEUI", "stackName", "deviceID"}
    assert (linked.path, named.path) == (paths.MIRRORED, paths.UPDATED)
    assert after["is"]["name"] == "Meter_7"
    assert (after["ns"], after["as"]) == (before["ns"], before["as"])
    assert pipeline.run(pipeline.deleted(changed)).path == paths.REMOVED
    assert pipeline.held() == NOTHING


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"appKey": APP_KEY, "joinEUI": "0" * 16}, "ImmutableChangeError"),
        ({"devAddr": OTHER_ADDR, "appSKey": OTHER_KEY, "nwkSKey": OTHER_KEY}, "ImmutableChangeError"),
    ],
    ids=["keys to join by", "another session"],
)
def test_its_thing_does_not_get_at_its_session(theirs, pipeline, changes, error):
    _, event = theirs
    pipeline.run(event)
    before = pipeline.held()

    run = pipeline.run(pipeline.updated(event, **changes))

    assert run.error == error
    assert pipeline.held() == before
