"""UpdateDevice for a device that never joins: its session goes on, whatever is written."""

import pytest

from tests.device_states import complete, holding, with_session
from tests.fakes.broken_connection import BrokenConnection
from tests.fakes.secrets import FakeDeviceSecrets
from tests.fakes.things_stack import Held
from tests.samples import (
    APP_KEY,
    APP_S_KEY,
    CODE,
    DEV_ADDR,
    DEVICE_ID,
    FINGERPRINT_KEY,
    JOIN_EUI,
    MARK,
    NWK_KEY,
    NWK_S_ENC_KEY,
    NWK_S_KEY,
    PERSONALIZED,
    S_NWK_S_INT_KEY,
    STACK,
    THING_ID,
    altered,
    network_of,
    planned,
    planned_abp,
    prints_of,
    registered_device,
)
from workflows.domain.attributes import DeviceKeys
from workflows.domain.device import NetworkRecord
from workflows.domain.mark import Mark
from workflows.domain.outcome import Outcome
from workflows.domain.updating import KEYS_FIELD, UpdateOptions, plan_update
from workflows.errors import ImmutableChangeError, InvalidThingError, RegistryUnavailableError
from workflows.schemas.thing import examine
from workflows.steps.update import Update

RUN = Mark(STACK, THING_ID, f"{THING_ID}-v2-UPDATED")
PLAIN = {"name": None, "description": None}
ABP = planned_abp(**PLAIN)
DEVICE = registered_device(ABP)
AGAIN = Outcome("created", "registered again", DEVICE_ID)
KEY = ("demo-app", DEVICE_ID)
NEW_KEY = "00112233445566778899AABBCCDDEEFF"
OTHER_ADDR = "00B6F064"
THEIRS = registered_device(ABP, method="adopted", run="", fingerprints={})
KEYS = DeviceKeys(None, None, APP_S_KEY, NWK_S_KEY, S_NWK_S_INT_KEY, NWK_S_ENC_KEY)
ABP_1_1 = planned_abp(keys=KEYS, lorawan_version="MAC_V1_1", lorawan_phy_version="PHY_V1_1_REV_B", **PLAIN)
THING_1_1 = PERSONALIZED | {
    "lorawanVersion": "1.1",
    "regionalParametersVersion": "1.1-b",
    "sNwkSIntKey": S_NWK_S_INT_KEY,
    "nwkSEncKey": NWK_S_ENC_KEY,
}


def update_of(attributes, device=DEVICE, *, unfinished=(), thing=PERSONALIZED, **options):
    given = {name: text for name, text in (thing | attributes).items() if text is not None}
    return plan_update(examine(given), DEVICE_ID, device, unfinished=unfinished, options=UpdateOptions(**options))


def run(registry, update):
    return Update(registry, update, RUN, FakeDeviceSecrets({}), lambda: FINGERPRINT_KEY, lambda: AGAIN).run()


@pytest.mark.parametrize(
    ("change", "calls", "said"),
    [
        pytest.param(
            {"devAddr": OTHER_ADDR}, ["network", "update_network", "update_application"], "written: devAddr", id="both"
        ),
        pytest.param(
            {"nwkSKey": NEW_KEY}, ["network", "update_network"], "written: session keys", id="the Network Server's key"
        ),
        pytest.param(
            {"appSKey": NEW_KEY}, ["update_application"], "written: session keys", id="the Application Server's key"
        ),
        pytest.param(
            {"frequencyPlanID": "US_902_928_FSB_2"},
            ["network", "update_network"],
            "written: frequencyPlanID; in effect with the device's next session, once somebody resets this one in The "
            "Things Stack",
            id="plan",
        ),
        pytest.param(
            {"supportsClassC": "true", "devAddr": OTHER_ADDR},
            ["network", "update_network", "update_application"],
            "written: supportsClassC, devAddr; in effect with the device's next session, once somebody resets this one "
            "in The Things Stack: supportsClassC; the rest at once",
            id="class and address",
        ),
    ],
)
def test_what_changed_goes_to_the_servers_that_hold_it_and_is_said_to_count_when_it_does(change, calls, said):
    stack = with_session(ABP)
    stack.counters[KEY] = {"lastFCntUp": 500}
    connection = BrokenConnection(stack.application())

    outcome = run(connection, update_of(change))

    assert (outcome.kind, outcome.reason) == ("updated", said)
    assert connection.calls == ["identity", *calls]
    assert not stack.held(DEVICE_ID)["ns"].settings.joins
    assert stack.counters == {KEY: {"lastFCntUp": 500}}
    wanted = {"appSKey": change.get("appSKey", APP_S_KEY), "nwkSKey": change.get("nwkSKey", NWK_S_KEY)}
    assert stack.session_keys == {KEY: wanted}
    assert outcome.device.fingerprints == prints_of(
        DeviceKeys(app_s_key=wanted["appSKey"], nwk_s_key=wanted["nwkSKey"])
    )


def test_both_servers_have_the_new_address():
    stack = with_session(ABP)

    run(stack.application(), update_of({"devAddr": OTHER_ADDR}))

    held = stack.held(DEVICE_ID)
    assert (held["ns"].settings.values.dev_addr, held["as"].settings.dev_addr) == (OTHER_ADDR, OTHER_ADDR)


@pytest.mark.parametrize("at", [4, 3])
@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_address_and_keys_that_only_one_server_got_are_written_by_the_next_run(at, moment):
    stack = with_session(ABP)
    change = {"devAddr": OTHER_ADDR, "appSKey": NEW_KEY, "nwkSKey": NWK_KEY}
    with pytest.raises(RegistryUnavailableError, match="the connection broke"):
        run(BrokenConnection(stack.application(), at=at, moment=moment), update_of(change))

    run(stack.application(), update_of(change, unfinished=("devAddr", KEYS_FIELD)))

    held = stack.held(DEVICE_ID)
    assert (held["ns"].settings.values.dev_addr, held["as"].settings.dev_addr) == (OTHER_ADDR, OTHER_ADDR)
    assert stack.session_keys == {KEY: {"appSKey": NEW_KEY, "nwkSKey": NWK_KEY}}


def test_keys_that_an_earlier_update_may_have_written_are_written_again_though_they_did_not_change():
    stack = with_session(ABP)
    stack.session_keys[KEY] = {"appSKey": NEW_KEY, "nwkSKey": NEW_KEY}

    run(stack.application(), update_of({}, unfinished=(KEYS_FIELD,)))

    assert stack.session_keys == {KEY: {"appSKey": APP_S_KEY, "nwkSKey": NWK_S_KEY}}


@pytest.mark.parametrize(
    "change",
    [{}, {"appSKey": None, "nwkSKey": None}, dict.fromkeys(("devAddr", "appSKey", "nwkSKey")), {"joinEUI": "0" * 16}],
    ids=["nothing", "no keys", "no session", "zeros"],
)
def test_what_did_not_change_calls_nothing(change):
    connection = BrokenConnection(with_session(ABP).application())

    update = update_of(change)

    assert update is None or run(connection, update).kind == "skipped"
    assert connection.calls == []


def test_a_key_of_1_1_is_written_with_the_others_of_its_server():
    stack = with_session(ABP_1_1)

    outcome = run(stack.application(), update_of({"nwkSEncKey": NEW_KEY}, registered_device(ABP_1_1), thing=THING_1_1))

    assert outcome.reason == "written: session keys"
    assert stack.session_keys[KEY] == KEYS.given() | {"nwkSEncKey": NEW_KEY}


# What cannot change.


@pytest.mark.parametrize(
    ("device", "thing", "change", "refused"),
    [
        pytest.param(
            DEVICE,
            PERSONALIZED,
            dict.fromkeys(("devAddr", "appSKey", "nwkSKey")) | {"appKey": APP_KEY},
            "appKey: the device is activated by personalization (ABP) and never joins; remove it from the thing.",
            id="a root key",
        ),
        pytest.param(
            DEVICE,
            PERSONALIZED,
            dict.fromkeys(("devAddr", "appSKey", "nwkSKey")) | {"claimAuthenticationCode": CODE},
            "claimAuthenticationCode: the device is activated by personalization (ABP)",
            id="a code",
        ),
        pytest.param(
            registered_device(planned(**PLAIN)),
            PERSONALIZED | {"joinEUI": JOIN_EUI},
            {},
            "devAddr: the device joins (OTAA), which makes its session; remove it from the thing; appSKey: the device "
            "joins",
            id="a session for what joins",
        ),
        pytest.param(
            registered_device(planned(**PLAIN), method="claimed"),
            PERSONALIZED | {"joinEUI": JOIN_EUI},
            {},
            "devAddr: the device joins (OTAA)",
            id="a session for what was claimed",
        ),
        pytest.param(
            DEVICE,
            PERSONALIZED,
            {"joinEUI": JOIN_EUI},
            "joinEUI: the device is registered without a JoinEUI, and none can be added; remove it from the thing.",
            id="a JoinEUI",
        ),
        pytest.param(
            DEVICE,
            THING_1_1,
            {},
            "lorawanVersion: the device is registered with 1.0.3; its session (ABP) lacks the keys of 1.1.",
            id="up to 1.1",
        ),
        pytest.param(
            registered_device(ABP_1_1),
            PERSONALIZED,
            {},
            "lorawanVersion: the device is registered with 1.1; its session (ABP) lacks the keys of 1.0.3.",
            id="down from 1.1",
        ),
    ],
)
def test_what_cannot_change_is_named_with_the_way_out(device, thing, change, refused):
    with pytest.raises(ImmutableChangeError, match=r"Delete the thing and create it again\.$") as error:
        update_of(change, device, thing=thing)

    assert str(error.value).startswith(refused)
    assert APP_KEY not in str(error.value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        pytest.param(
            {"lastFCntUp": "3"},
            "lastFCntUp: used only when a device is created; this one counts on",
            id="alone",
        ),
        pytest.param(
            {"lastFCntUp": "3", "devAddr": OTHER_ADDR},
            "written: devAddr. lastFCntUp: used only when a device is created; this one counts on",
            id="beside an address",
        ),
    ],
)
def test_counters_are_not_written_again_and_that_is_said(change, said):
    stack = with_session(ABP)
    stack.counters[KEY] = {"lastFCntUp": 500}

    outcome = run(stack.application(), update_of(change, registered_device(planned_abp(last_f_cnt_up=9, **PLAIN))))

    assert (outcome.kind, outcome.reason) == ("updated", said)
    assert stack.counters == {KEY: {"lastFCntUp": 500}}


# Lost parts.


def test_a_repair_writes_the_session_again_and_leaves_what_counts():
    stack = holding(complete(ABP))
    stack.counters[KEY] = {"lastFCntUp": 500, "lastAFCntDown": 300}
    device = registered_device(planned_abp(last_f_cnt_up=9, last_a_f_cnt_down=9, **PLAIN))

    outcome = run(stack.application(), update_of({}, device, repair=True))

    assert outcome.kind == "updated"
    assert stack.session_keys == {KEY: {"appSKey": APP_S_KEY, "nwkSKey": NWK_S_KEY}}
    assert stack.counters == {KEY: {"lastFCntUp": 500, "lastAFCntDown": 300}}


@pytest.mark.parametrize("lost", ["ns", "as"])
def test_a_repair_makes_the_part_of_the_session_that_a_server_lost(lost):
    stack = with_session(ABP)
    stack.application().delete_record(lost, DEVICE_ID)

    run(stack.application(), update_of({}, repair=True))

    assert stack.held(DEVICE_ID) == complete(ABP)
    assert stack.session_keys == {KEY: {"appSKey": APP_S_KEY, "nwkSKey": NWK_S_KEY}}


def test_an_update_makes_what_the_network_server_lost_though_no_key_changed():
    stack = with_session(ABP)
    stack.application().delete_record("ns", DEVICE_ID)

    run(stack.application(), update_of({"frequencyPlanID": "US_902_928_FSB_2"}))

    assert stack.held(DEVICE_ID)["ns"].settings == NetworkRecord(
        altered(ABP, frequency_plan_id="US_902_928_FSB_2").values, joins=False
    )
    assert stack.session_keys == {KEY: {"appSKey": APP_S_KEY, "nwkSKey": NWK_S_KEY}}


@pytest.mark.parametrize(("lost", "key"), [("ns", "nwkSKey"), ("as", "appSKey")])
def test_a_lost_session_needs_the_keys_that_the_thing_no_longer_has(lost, key):
    stack = with_session(ABP)
    stack.application().delete_record(lost, DEVICE_ID)

    with pytest.raises(InvalidThingError, match=rf"{key}: is missing; .* \(The Things Stack has lost the device's ses"):
        run(stack.application(), update_of({"appSKey": None, "nwkSKey": None}, repair=True))


def test_a_record_with_other_euis_in_its_place_is_replaced_by_a_whole_one():
    stack = with_session(ABP)
    stack.records["ns"][KEY] = Held(planned(dev_eui="70B3D57ED0059999").ids, network_of(planned()))

    run(stack.application(), update_of({"devAddr": OTHER_ADDR}))

    held = stack.held(DEVICE_ID)["ns"]
    assert (held.ids, held.settings.joins, held.settings.values.dev_addr) == (ABP.ids, False, OTHER_ADDR)


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        pytest.param(dict.fromkeys(("appSKey", "nwkSKey")), {"appSKey", "nwkSKey"}, id="no keys"),
        pytest.param(
            dict.fromkeys(("devAddr", "appSKey", "nwkSKey")), {"devAddr", "appSKey", "nwkSKey"}, id="no session"
        ),
    ],
)
def test_what_registering_again_would_take_is_the_session(change, missing):
    update = update_of(change | {"name": "Pump"})

    assert update.missing.keys() == missing


# Devices of others.


def test_the_address_and_keys_of_a_device_that_was_there_stay():
    stack = holding(complete(ABP, mark=None))

    with pytest.raises(ImmutableChangeError, match=f"devAddr: the device has {DEV_ADDR}") as error:
        run(stack.application(), update_of({"devAddr": OTHER_ADDR, "appSKey": NEW_KEY}, THEIRS))

    assert "appSKey: the device's keys stay" in str(error.value)
    assert (stack.held(DEVICE_ID), stack.session_keys) == (complete(ABP, mark=None), {})


def test_where_the_stack_allows_it_address_and_keys_of_a_device_that_was_there_are_written():
    stack = holding(complete(ABP, mark=None))

    outcome = run(stack.application(), update_of({"devAddr": OTHER_ADDR}, THEIRS, writes_adopted=True))

    assert outcome.reason == "written: devAddr, session keys"
    assert stack.held(DEVICE_ID) == complete(planned_abp(dev_addr=OTHER_ADDR, **PLAIN), mark=None)
    assert stack.session_keys == {KEY: {"appSKey": APP_S_KEY, "nwkSKey": NWK_S_KEY}}


@pytest.mark.parametrize(
    ("there", "thing", "refused"),
    [
        pytest.param(
            planned(**PLAIN), PERSONALIZED | {"joinEUI": JOIN_EUI}, "devAddr: the device joins", id="it joins"
        ),
        pytest.param(
            planned_abp(join_eui=JOIN_EUI, **PLAIN),
            {name: text for name, text in PERSONALIZED.items() if not name.endswith("Key") and name != "devAddr"}
            | {"joinEUI": JOIN_EUI, "appKey": APP_KEY},
            "appKey: the device is activated by personalization",
            id="it never joins",
        ),
    ],
)
def test_what_was_there_is_never_made_to_join_or_kept_from_it(there, thing, refused):
    stack = holding(complete(there, mark=None))
    device = registered_device(there, method="adopted", run="", fingerprints={}, dev_addr=None)

    with pytest.raises(ImmutableChangeError, match=refused):
        run(stack.application(), update_of({}, device, thing=thing, writes_adopted=True))

    assert stack.held(DEVICE_ID) == complete(there, mark=None)
    assert MARK.attributes() not in [record.attributes for record in stack.identities.values()]
