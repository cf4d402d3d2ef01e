"""A device that is activated by personalization (ABP): created, completed, adopted, undone, removed."""

import json
from dataclasses import replace

import pytest

from tests.device_states import claimed, complete, holding, with_session
from tests.fakes.broken_connection import BrokenConnection
from tests.fakes.things_stack import Held
from tests.registering import is_nobodys, registration
from tests.samples import (
    APP_S_KEY,
    CODE,
    DEV_ADDR,
    DEV_EUI,
    DEVICE_ID,
    JOIN_EUI,
    MARK,
    NWK_S_ENC_KEY,
    NWK_S_KEY,
    OTHER_THING,
    RETRY_MARK,
    S_NWK_S_INT_KEY,
    altered,
    identity_of,
    network_of,
    planned,
    planned_abp,
    planned_claim,
    registered_device,
)
from workflows.domain.attributes import DeviceKeys
from workflows.domain.device import NetworkRecord
from workflows.errors import DeviceConflictError, InvalidThingError, RegistryUnavailableError
from workflows.steps.removal import Removal
from workflows.steps.undo import undo_device

ABP = planned_abp()
KEYS = {"appSKey": APP_S_KEY, "nwkSKey": NWK_S_KEY}
COUNTED = {"last_f_cnt_up": 7, "last_n_f_cnt_down": 5, "last_a_f_cnt_down": 3}
COUNTERS = {"lastFCntUp": 7, "lastNFCntDown": 5, "lastAFCntDown": 3}
KEY = ("demo-app", DEVICE_ID)
OTHER_ID = "pump-7"


def create(stack, device=ABP, mark=MARK, **more):
    return registration(stack.application(), device, mark, **more).create()


def calls_to_create(stack, device, mark=MARK):
    connection = BrokenConnection(stack.application())
    registration(connection, device, mark).create()
    return connection.calls


@pytest.mark.parametrize("join_eui", ["", JOIN_EUI], ids=["without a JoinEUI", "with a JoinEUI"])
def test_it_is_created_with_a_session_and_has_nothing_on_the_join_server(join_eui):
    stack, device = holding({}), planned_abp(join_eui=join_eui)

    outcome = create(stack, device)

    assert (outcome.kind, outcome.device) == ("created", registered_device(device))
    assert stack.held(DEVICE_ID) == complete(device)
    assert stack.held(DEVICE_ID)["ns"].settings == NetworkRecord(device.values.at("ns"), joins=False)
    assert stack.held(DEVICE_ID)["as"].settings.dev_addr == DEV_ADDR
    assert (stack.session_keys, stack.claims) == ({KEY: KEYS}, {})


def test_each_server_gets_its_keys_alone():
    stack = holding({})
    keys = DeviceKeys(None, None, APP_S_KEY, NWK_S_KEY, S_NWK_S_INT_KEY, NWK_S_ENC_KEY)

    create(stack, planned_abp(keys=keys, lorawan_version="MAC_V1_1", lorawan_phy_version="PHY_V1_1_REV_B"))

    assert stack.session_keys == {KEY: keys.given()}
    stack.application().delete_record("ns", DEVICE_ID)
    assert stack.session_keys == {KEY: {"appSKey": APP_S_KEY}}


@pytest.mark.parametrize(
    ("device", "expected"),
    [
        pytest.param(ABP, ["with_dev_eui", "create_identity", "set_network", "set_application"], id="no JoinEUI"),
        pytest.param(
            planned_abp(join_eui=JOIN_EUI), ["create_identity", "set_network", "set_application"], id="a JoinEUI"
        ),
        pytest.param(
            planned_abp(**COUNTED),
            ["with_dev_eui", "create_identity", "has_record", "set_network", "set_application"],
            id="counters",
        ),
        pytest.param(planned(), ["create_identity", "set_join", "set_network", "set_application"], id="joins"),
    ],
)
def test_a_create_makes_no_more_calls_than_it_needs(device, expected):
    assert calls_to_create(holding({}), device) == expected


# The servers set counters only on a device that they do not have yet.


def test_counters_are_written_to_a_new_device():
    stack = holding({})

    create(stack, planned_abp(**COUNTED))

    assert stack.counters == {KEY: COUNTERS}


@pytest.mark.parametrize(
    ("servers", "mark"),
    [
        pytest.param(("is", "ns", "as"), MARK, id="made whole by this run"),
        pytest.param(("is", "ns", "as"), OTHER_THING, id="left by a thing that is gone"),
        pytest.param(("ns", "as"), MARK, id="lost at the Identity Server"),
    ],
)
def test_counters_of_a_device_that_counts_are_never_set_back(servers, mark):
    stack = with_session(ABP, mark=mark)
    stack.counters[KEY] = {"lastFCntUp": 500, "lastNFCntDown": 400, "lastAFCntDown": 300}
    if "is" not in servers:
        del stack.identities[KEY]

    create(stack, planned_abp(**COUNTED), RETRY_MARK)

    assert stack.counters == {KEY: {"lastFCntUp": 500, "lastNFCntDown": 400, "lastAFCntDown": 300}}


def test_a_run_that_broke_off_before_the_application_server_still_writes_its_counter():
    stack = with_session(ABP)
    stack.application().delete_record("as", DEVICE_ID)
    stack.counters[KEY] = {"lastFCntUp": 500}

    create(stack, planned_abp(**COUNTED))

    assert stack.counters == {KEY: {"lastFCntUp": 500, "lastAFCntDown": 3}}


# Without a JoinEUI The Things Stack would take the same DevEUI twice.


def test_a_device_that_somebody_made_under_another_id_is_found_by_its_dev_eui_and_linked():
    theirs = planned_abp(device_id=OTHER_ID)
    stack = with_session(theirs, mark=None)

    outcome = create(stack)

    assert (outcome.kind, outcome.device_id) == ("adopted", OTHER_ID)
    assert (stack.held(DEVICE_ID), stack.held(OTHER_ID)) == ({}, complete(theirs, mark=None))


def test_a_device_whose_join_eui_is_zeros_has_none_and_keeps_it():
    theirs = planned_abp(join_eui="0" * 16)
    stack = with_session(theirs, mark=None)

    outcome = create(stack)

    assert (outcome.kind, outcome.device.join_eui) == ("adopted", "0" * 16)
    assert stack.held(DEVICE_ID) == complete(theirs, mark=None)


@pytest.mark.parametrize("device_id", [DEVICE_ID, OTHER_ID])
def test_a_device_with_this_dev_eui_and_another_join_eui_is_in_the_way(device_id):
    servers = complete(planned(device_id=device_id), mark=None)
    stack = holding(servers)

    with pytest.raises(DeviceConflictError, match=f"DevEUI {DEV_EUI}.* {JOIN_EUI}"):
        create(stack)

    assert stack.held(device_id) == servers
    assert len(stack.identities) == 1


def test_of_several_devices_with_this_dev_eui_the_thing_must_name_one():
    stack = holding({})
    for device_id in ("pump-8", OTHER_ID):
        stack.identities["demo-app", device_id] = identity_of(planned_abp(device_id=device_id))

    with pytest.raises(DeviceConflictError, match="The devices pump-7 and pump-8 have the DevEUI"):
        create(stack)
    outcome = create(stack, planned_abp(device_id="pump-8"))

    assert (outcome.kind, outcome.device_id) == ("adopted", "pump-8")


def test_a_device_of_another_application_is_not_seen():
    stack = holding(complete(ABP), application_id="other-app")

    assert create(stack).kind == "created"


def test_a_thing_that_is_gone_gives_way_under_another_id():
    stack = with_session(planned_abp(device_id=OTHER_ID), mark=OTHER_THING)

    outcome = create(stack)

    assert (outcome.kind, outcome.device_id) == ("created", DEVICE_ID)
    assert (stack.held(OTHER_ID), stack.held(DEVICE_ID)) == ({}, complete(ABP))


# What is there already.


@pytest.mark.parametrize("at", range(1, 6))
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_create_that_broke_off_is_completed_by_the_next_run(at, moment):
    stack, device = holding({}), planned_abp(**COUNTED)
    connection = BrokenConnection(stack.application(), at=at, moment=moment)
    with pytest.raises(RegistryUnavailableError, match="the connection broke"):
        registration(connection, device, MARK).create()

    outcome = create(stack, device, RETRY_MARK)

    assert outcome.kind == "created"
    assert stack.held(DEVICE_ID) == complete(device, replace(MARK, run=outcome.device.run))
    assert (stack.session_keys, stack.counters) == ({KEY: KEYS}, {KEY: COUNTERS})


LEFT = [
    pytest.param(complete(planned(join_eui=JOIN_EUI), OTHER_THING), {}, id="it joined by keys"),
    pytest.param(claimed(planned_claim(), OTHER_THING), {(JOIN_EUI, DEV_EUI): "demo-app"}, id="it was claimed"),
    pytest.param(
        {"is": identity_of(planned_claim(), OTHER_THING, claimed=True)},
        {(JOIN_EUI, DEV_EUI): "demo-app"},
        id="it was claimed, and then half removed",
    ),
]


@pytest.mark.parametrize(("servers", "claims"), LEFT)
def test_a_device_that_joined_and_was_left_behind_is_made_anew_without_keys_or_claim(servers, claims):
    stack = holding(servers)
    stack.claims = dict(claims)
    device = planned_abp(join_eui=JOIN_EUI)

    outcome = create(stack, device)

    assert outcome.kind == "created"
    assert stack.held(DEVICE_ID) == complete(device)
    assert stack.claims == {}


def test_a_device_that_never_joined_and_was_left_behind_is_made_anew_for_a_claim():
    stack = with_session(planned_abp(join_eui=JOIN_EUI), mark=OTHER_THING)

    outcome = registration(stack.application(), planned_claim(), MARK).claim()

    assert outcome.kind == "claimed"
    assert stack.held(DEVICE_ID) == claimed(planned_claim())
    assert stack.session_keys == {}


@pytest.mark.parametrize(("servers", "claims"), LEFT[:2])
def test_a_retained_device_that_joins_stays_and_is_a_conflict(servers, claims):
    stack = holding(servers)
    stack.claims = dict(claims)

    with pytest.raises(DeviceConflictError, match=f"Device {DEVICE_ID} .* was retained when its thing was deleted"):
        create(stack, planned_abp(join_eui=JOIN_EUI), resolve_owner=lambda *_: "retained", rewrites_retained=True)

    assert (stack.held(DEVICE_ID), stack.claims) == (servers, claims)


def test_a_retained_device_is_written_whole_and_keeps_its_counters():
    stack = with_session(planned_abp(dev_addr="00B6F064"), mark=OTHER_THING)

    outcome = create(stack, resolve_owner=lambda *_: "retained", rewrites_retained=True)

    assert (outcome.kind, stack.held(DEVICE_ID)) == ("created", complete(ABP))


def test_an_orphan_that_joins_on_the_network_server_gives_way():
    device = planned_abp(join_eui=JOIN_EUI)
    stack = holding({"ns": Held(device.ids, network_of(planned()))})

    create(stack, device)

    assert stack.held(DEVICE_ID) == complete(device)


# Devices of others.


@pytest.mark.parametrize(
    ("device", "servers", "differences"),
    [
        pytest.param(
            ABP,
            complete(planned_abp(dev_addr="00B6F064"), mark=None),
            {
                "devAddr: the device has 00B6F064",
                *(
                    f"{name}: whether the device has this key is not known, since Thingsync reads no keys"
                    for name in KEYS
                ),
            },
            id="another address",
        ),
        pytest.param(
            planned_abp(join_eui=JOIN_EUI, last_f_cnt_up=7),
            complete(planned(), mark=None),
            {
                "lastFCntUp: is not used; the device was there before and counts on",
                *(
                    f"{name}: is not used; the device joins (OTAA), which makes its session"
                    for name in (*KEYS, "devAddr")
                ),
            },
            id="it joins",
        ),
        pytest.param(
            planned_claim(),
            complete(planned_abp(join_eui=JOIN_EUI), mark=None),
            {
                "claimAuthenticationCode: is not used; the device is activated by personalization (ABP), so that it "
                "never joins"
            },
            id="it never joins, though the thing has a code",
        ),
    ],
)
def test_a_device_that_was_there_is_linked_as_it_is_with_its_differences(device, servers, differences):
    stack = holding(servers)

    outcome = registration(stack.application(), device, MARK).create_or_claim()

    assert (outcome.kind, set(outcome.device.differences)) == ("adopted", differences)
    assert stack.held(DEVICE_ID) == servers
    assert (stack.session_keys, stack.counters) == ({}, {})


def test_an_identity_without_any_server_gets_the_session():
    stack = holding({"is": identity_of(ABP)})

    outcome = create(stack, planned_abp(**COUNTED))

    assert (outcome.kind, outcome.device.differences) == ("adopted", ())
    assert stack.held(DEVICE_ID) == complete(planned_abp(**COUNTED), mark=None)
    assert (stack.session_keys, stack.counters) == ({KEY: KEYS}, {KEY: COUNTERS})


@pytest.mark.parametrize(
    ("address", "expected"), [(DEV_ADDR, {"appSKey": APP_S_KEY}), ("00B6F064", {})], ids=["the same", "another"]
)
def test_an_application_server_that_lacks_the_session_gets_it_only_for_the_same_address(address, expected):
    theirs = complete(planned_abp(dev_addr=address), mark=None)
    stack = holding({server: theirs[server] for server in ("is", "ns")})

    create(stack)

    assert stack.session_keys == ({KEY: expected} if expected else {})
    assert stack.held(DEVICE_ID)["ns"] == theirs["ns"]


def test_a_device_with_a_join_server_that_lacks_the_others_is_left_to_join():
    device = planned_abp(join_eui=JOIN_EUI)
    stack = holding({"is": identity_of(planned())})

    outcome = create(stack, device)

    assert outcome.kind == "adopted"
    assert stack.held(DEVICE_ID)["ns"].settings.joins
    assert (stack.held(DEVICE_ID)["as"].settings.dev_addr, stack.session_keys) == (None, {})


# Secrets, refusals, undo, removal.


def test_what_its_keys_name_is_read_and_a_missing_secret_is_undone():
    arn = f"arn:aws:secretsmanager:eu-west-1:111122223333:secret:thingsync/thingsync/device/{DEV_EUI}-AbCdEf"
    keys = DeviceKeys(app_s_key=f"{arn}#appSKey", nwk_s_key=f"{arn}#nwkSKey")
    device, stack = planned_abp(keys=keys), holding({})

    with pytest.raises(InvalidThingError, match="nwkSKey: names a secret that cannot be used"):
        create(stack, device, secrets={arn: json.dumps({"appSKey": APP_S_KEY})})
    assert stack.identities[KEY].attributes == MARK.attributes()
    assert undo_device(stack.application(), DEVICE_ID, MARK)
    create(stack, device, secrets={arn: json.dumps({"appSKey": APP_S_KEY.lower(), "nwkSKey": NWK_S_KEY})})

    assert stack.session_keys == {KEY: KEYS}


@pytest.mark.parametrize(
    ("join_eui", "claim"), [("", []), (JOIN_EUI, ["unclaim"])], ids=["without a JoinEUI", "with a JoinEUI"]
)
def test_its_removal_leaves_nothing_and_fails_at_no_claim(join_eui, claim):
    device = planned_abp(join_eui=join_eui)
    stack = with_session(device)
    connection = BrokenConnection(stack.application())

    outcome = Removal(connection, MARK, registered_device(device)).remove_all((DEVICE_ID,), "why")

    assert outcome.kind == "removed"
    assert (stack.held(DEVICE_ID), stack.session_keys) == ({}, {})
    assert connection.calls == ["identity", *claim, *["delete_record"] * 3, "delete_identity"]


def test_a_lost_device_is_registered_again_with_the_mark_last():
    stack = with_session(ABP)
    connection = BrokenConnection(stack.application())

    outcome = registration(
        connection, planned_abp(name="Pump 8"), RETRY_MARK, registered_before=registered_device(ABP)
    ).create()

    assert (outcome.kind, connection.calls[-1]) == ("created", "update_identity")


def test_a_device_that_joins_in_the_place_of_the_registered_one_is_never_removed():
    servers = claimed(planned_claim())
    stack = holding(servers)
    device = planned_abp(join_eui=JOIN_EUI)

    with pytest.raises(DeviceConflictError, match="Nothing was changed"):
        create(stack, device, resolve_owner=is_nobodys, registered_before=registered_device(device))

    assert stack.held(DEVICE_ID) == servers


def test_the_fingerprints_of_its_keys_are_kept_and_no_key():
    stack = holding({})

    outcome = create(stack)

    assert outcome.device.fingerprints.keys() == KEYS.keys()
    assert not [key for key in (*KEYS.values(), CODE) if key in repr(outcome)]
    assert not [key for key in KEYS.values() if key in repr(altered(ABP))]
