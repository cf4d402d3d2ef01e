"""A device as The Things Stack's tools print it becomes what a thing says."""

import json
from pathlib import Path

import pytest

from operate.bulk.checking import BadRow, PlannedThing, check_entry
from operate.bulk.end_devices import attribute_at, entry_of_device, path_of
from operate.bulk.json_files import JsonObject
from tests.bulk_samples import TARGET
from tests.samples import APP_KEY, CODE, DEV_EUI, JOIN_EUI, NWK_KEY
from workflows.domain import labels
from workflows.domain.attributes import ATTRIBUTES

OFFICIAL = Path("tests/official")
KEY = {"key": NWK_KEY}
JOINS = {
    "ids": {"device_id": "pump-7", "dev_eui": DEV_EUI, "join_eui": JOIN_EUI},
    "created_at": "2025-03-04T08:15:22Z",
    "lorawan_version": "MAC_V1_0_3",
    "lorawan_phy_version": "PHY_V1_0_3_REV_A",
    "supports_join": True,
    "root_keys": {"app_key": {"key": APP_KEY}},
}
SESSION = {
    "dev_addr": "00B6F063",
    "keys": {
        **dict.fromkeys(("f_nwk_s_int_key", "s_nwk_s_int_key", "nwk_s_enc_key"), KEY),
        "app_s_key": {"key": APP_KEY},
    },
    "last_f_cnt_up": "5",
}
BY_HAND = {**{name: JOINS[name] for name in JOINS if name not in ("supports_join", "root_keys")}, "session": SESSION}
MODEL = {"brand_id": "nordlys-sensors", "model_id": "fjord-beacon"}
NOT_THERE = {"created_at": None}


def entry(device, *changes):
    merged = {name: each for part in (device, *changes) for name, each in part.items()}
    return entry_of_device(JsonObject(1, {name: each for name, each in merged.items() if each is not None}))


def given(device, *changes):
    return dict(entry(device, *changes).given)


def settings(**values):
    return {"mac_settings": values}


def test_a_device_that_joins():
    assert entry(JOINS).given == {
        "deviceID": "pump-7",
        "devEUI": DEV_EUI,
        "joinEUI": JOIN_EUI,
        "lorawanVersion": "MAC_V1_0_3",
        "regionalParametersVersion": "PHY_V1_0_3_REV_A",
        "appKey": APP_KEY,
    }
    assert entry(JOINS).warnings == ()


def test_a_device_that_is_activated_by_hand():
    """The Network Server prints the one key of a device before 1.1 three times."""
    found = given(BY_HAND)

    assert {name: found[name] for name in ("devAddr", "nwkSKey", "appSKey", "lastFCntUp")} == {
        "devAddr": "00B6F063",
        "nwkSKey": NWK_KEY,
        "appSKey": APP_KEY,
        "lastFCntUp": "5",
    }
    assert found.keys().isdisjoint(("sNwkSIntKey", "nwkSEncKey"))


def test_a_device_of_1_1_has_three_network_keys_even_if_they_are_equal():
    found = given(BY_HAND, {"lorawan_version": "MAC_V1_1", "lorawan_phy_version": "PHY_V1_1_REV_B"})

    assert [found[name] for name in ("nwkSKey", "sNwkSIntKey", "nwkSEncKey")] == [NWK_KEY] * 3


@pytest.mark.parametrize(
    ("message", "attributes"),
    [
        pytest.param({"supports_class_c": True}, {"supportsClassC": "true"}, id="a flag"),
        pytest.param(settings(supports_32_bit_f_cnt=False), {"supports32BitFCnt": "false"}, id="a flag that is false"),
        pytest.param(settings(rx1_delay="0"), {"rx1Delay": "1"}, id="the least delay"),
        pytest.param(settings(ping_slot_periodicity="PING_EVERY_8S"), {"pingSlotPeriodicity": "8"}, id="a name"),
        pytest.param(settings(class_b_timeout="60s"), {"classBTimeout": "60"}, id="seconds"),
        pytest.param(
            settings(factory_preset_frequencies=["868100000", "868300000"]),
            {"factoryPresetFrequencies": "868100000,868300000"},
            id="a list",
        ),
        pytest.param({"attributes": {"room": "12", "aws-run": "r1"}}, {"label:room": "12"}, id="labels, not the mark"),
        pytest.param({"serial_number": "nb-17"}, {"serialNumber": "nb-17"}, id="serial number"),
        pytest.param(
            {"locations": {"user": {"latitude": "-33.8", "longitude": "151.2", "altitude": "58"}}},
            {"latitude": "-33.8", "longitude": "151.2", "altitude": "58"},
            id="a place",
        ),
        pytest.param(
            {"locations": {"user": {"longitude": "9.5"}}}, {"latitude": "0", "longitude": "9.5"}, id="on the equator"
        ),
        pytest.param({"locations": {"frm-payload": {"latitude": "1"}}}, {}, id="a place that was solved"),
        pytest.param({"locations": {"user": {"source": "SOURCE_REGISTRY"}}}, {}, id="a place without place"),
        pytest.param({"lorawan_version": "5"}, {}, id="a version by its number"),
        pytest.param({"name": None, "mac_settings": None}, {}, id="null"),
        pytest.param(settings(resets_f_cnt=True), {}, id="what counts for ABP alone"),
        pytest.param({"version_ids": MODEL}, {"brandID": MODEL["brand_id"], "modelID": MODEL["model_id"]}, id="model"),
        pytest.param(
            {"formatters": {"up_formatter": "FORMATTER_CAYENNELPP", "down_formatter": "FORMATTER_CAYENNELPP"}},
            {"payloadFormatter": "cayennelpp"},
            id="a formatter",
        ),
        pytest.param({"formatters": {"up_formatter_parameter": ""}}, {"payloadFormatter": "none"}, id="none, a zero"),
        pytest.param({"formatters": {}}, {}, id="no formatters"),
    ],
)
def test_each_field_becomes_its_attribute(message, attributes):
    before = given(JOINS, NOT_THERE)

    assert given(JOINS, NOT_THERE, message) == {**before, **attributes}


def test_a_registered_device_of_a_model_without_formatters_uses_the_applications():
    assert given(JOINS, {"version_ids": MODEL})["payloadFormatter"] == "application"


def test_a_code_claims_a_device_that_has_no_keys_here():
    code = {"claim_authentication_code": {"value": CODE}}

    assert given(JOINS, {"root_keys": None}, code)["claimAuthenticationCode"] == CODE
    assert "claimAuthenticationCode" not in given(JOINS, code)
    assert "so its claim authentication code is left out" in str(entry(JOINS, code).warnings)


@pytest.mark.parametrize(
    ("device", "change", "expected"),
    [
        pytest.param(JOINS, {"session": SESSION}, "the device must join again", id="a running session"),
        pytest.param(
            BY_HAND, {"root_keys": KEY | JOINS["root_keys"]}, "so its root keys and claim code", id="both keys"
        ),
        pytest.param(
            JOINS, {"formatters": {"up_formatter": "FORMATTER_JAVASCRIPT"}}, "FORMATTER_JAVASCRIPT cannot", id="script"
        ),
        pytest.param(
            JOINS, {"formatters": {"down_formatter": "FORMATTER_REPOSITORY"}}, "its downlinks have another", id="two"
        ),
        pytest.param(JOINS, settings(adr={"disabled": {}}), "cannot say mac_settings.adr", id="a setting"),
        pytest.param(JOINS, {"picture": {"sizes": {}}}, "cannot say picture", id="a picture"),
        pytest.param(
            JOINS, {"root_keys": {"app_key": {"encrypted_key": "AA==", "kek_label": "k"}}}, "encrypted", id="encrypted"
        ),
        pytest.param(
            JOINS, {"lora_alliance_profile_ids": {"vendor_id": "601"}}, "vendor_id and vendor_profile_id", id="vendor"
        ),
    ],
)
def test_what_a_thing_cannot_hold_is_told(device, change, expected):
    [warning] = entry(device, change).warnings

    assert expected in warning


def test_the_servers_own_business_is_not_told():
    own = {"mac_state": {"x": 1}, "updated_at": "2025", "join_server_address": "eu1", "last_dev_nonce": "4"}

    assert entry(JOINS, own).warnings == ()


def test_a_session_that_cannot_be_copied_is_not_said():
    assert given(JOINS, {"session": SESSION}) == given(JOINS)


@pytest.mark.parametrize("wrapped", [{"end_device": JOINS}, {"result": {"end_device": JOINS, "field_mask": {}}}])
def test_what_is_around_a_device_is_taken_off(wrapped):
    assert given(wrapped) == given(JOINS)


def test_a_listed_device_without_keys_is_taken_up():
    listed = {name: JOINS[name] for name in ("ids", "created_at")}

    found = check_entry(entry(listed), TARGET)

    assert isinstance(found, PlannedThing)
    assert (found.missing, len(found.warnings)) == ((), 1)
    assert found.warnings[0].startswith("the file has no keys of it")
    assert check_entry(entry(listed, NOT_THERE), TARGET).missing


def test_a_listed_device_that_may_be_activated_by_hand_is_to_be_taken_from_elsewhere():
    listed = {"ids": {"device_id": "pump-7", "dev_eui": DEV_EUI}, "created_at": "2025-03-04T08:15:22Z"}

    texts = [str(problem) for problem in check_entry(entry(listed), TARGET).missing]

    assert texts[0] == (
        "device 1 (pump-7): has no JoinEUI and no session: if it is an ABP device, take it from "
        "`ttn-lw-cli end-devices get`"
    )
    assert "device 1 (pump-7), ids.join_eui: is missing" in texts[-1]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param({"ids": {"device_id": "pump-7"}}, "device 1 (pump-7), ids.dev_eui: is missing", id="no DevEUI"),
        pytest.param(
            {"root_keys": {"app_key": {"key": "5EC2E7"}}}, "root_keys.app_key.key: must be 32 hex digits", id="a key"
        ),
        pytest.param({"multicast": True}, "device 1 (pump-7), multicast: is for several devices", id="multicast"),
        pytest.param(settings(rx1_delay="16"), "mac_settings.rx1_delay: must be a whole number from 1", id="a setting"),
        pytest.param({"attributes": {"a_b": "12"}}, "attributes.a_b: must be label:<key>", id="a label"),
        pytest.param({"attributes": [1]}, None, id="no map"),
        pytest.param({"session": "x", "mac_settings": 5, "locations": []}, None, id="other types"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(change, expected):
    found = check_entry(entry(JOINS, change), TARGET)

    texts = [str(problem) for problem in found.problems] if isinstance(found, BadRow) else []
    assert any(expected in text for text in texts) if expected else texts == []
    assert "5EC2E7" not in str(texts)


@pytest.mark.parametrize("row", [row for row in ATTRIBUTES if row.field and row.name != labels.PREFIX])
def test_each_attribute_is_ignored_by_its_field_and_by_its_name(row):
    assert attribute_at(path_of(row.name)) == attribute_at(row.name) == row.name


def test_a_label_is_ignored_by_its_field():
    assert attribute_at("attributes.room") == attribute_at("label:room") == "label:room"
    assert attribute_at("colour") == ""


def test_one_object_a_stream_and_an_array_say_the_same():
    array = json.loads((OFFICIAL / "devices.array.json").read_text())
    stream = (OFFICIAL / "devices.stream.json").read_text()

    assert stream == "".join(json.dumps(each, indent=2) + "\n" for each in array)
    assert json.loads((OFFICIAL / "device.json").read_text()) == array[0]
