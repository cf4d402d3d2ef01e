"""Each attribute by itself: what is accepted, how it goes on, what is malformed."""

import re
from dataclasses import replace

import pytest

from tests.samples import (
    APP_KEY,
    CLAIM,
    CODE,
    CREATE,
    CREATE_1_1,
    DEV_EUI,
    IDENTITY,
    JOIN_EUI,
    NWK_KEY,
    QR_CODE,
    SCANNED,
    SECRET,
)
from workflows.domain.attributes import MODEL, DeviceKeys, DeviceValues
from workflows.domain.thing import Thing
from workflows.schemas.thing import examine, examine_and_spell


def without(attributes, name):
    return {key: value for key, value in attributes.items() if key != name}


def test_a_thing_to_create_is_read_whole():
    attributes = CREATE_1_1 | {
        "deviceID": "pump-7",
        "frequencyPlanID": "EU_863_870",
        "name": "Pump_7",
        "description": "cellar",
    }

    examined = examine(attributes)

    assert examined.thing == Thing(
        stack_name="thingsync",
        dev_eui=DEV_EUI,
        join_eui=JOIN_EUI,
        device_id="pump-7",
        values=DeviceValues("Pump_7", "cellar", "EU_863_870", "MAC_V1_1", "PHY_V1_1_REV_B"),
        keys=DeviceKeys(APP_KEY, NWK_KEY),
    )
    assert (examined.problems, examined.missing) == ({}, {})


def test_a_thing_to_claim_is_read_whole():
    examined = examine(CLAIM)

    assert examined.thing == Thing(stack_name="thingsync", dev_eui=DEV_EUI, join_eui=JOIN_EUI, authentication_code=CODE)
    assert (examined.problems, examined.missing) == ({}, {})


def test_a_label_gives_join_eui_and_code():
    examined = examine(SCANNED)

    assert examined.thing == replace(examine(CLAIM).thing, profile=(0xABCD, 0x1234))
    assert (examined.problems, examined.missing) == ({}, {})


def said(thing):
    identity = {"devEUI": thing.dev_eui, "joinEUI": thing.join_eui, "stackName": thing.stack_name}
    return identity | thing.values.given() | thing.keys.given()


@pytest.mark.parametrize(
    ("attribute", "value", "expected"),
    [
        pytest.param("devEUI", DEV_EUI.lower(), DEV_EUI, id="DevEUI in upper case"),
        pytest.param("joinEUI", JOIN_EUI.lower(), JOIN_EUI, id="JoinEUI in upper case"),
        pytest.param("appKey", APP_KEY.lower(), APP_KEY, id="key in upper case"),
        pytest.param("lorawanVersion", "1.0.3", "MAC_V1_0_3", id="version by its name"),
        pytest.param("lorawanVersion", "V1_0_3", "MAC_V1_0_3", id="version by another name"),
        pytest.param(
            "regionalParametersVersion",
            "RP001_V1_0_3_REV_A",
            "PHY_V1_0_3_REV_A",
            id="regional parameters by another name",
        ),
        pytest.param("appKey", SECRET, SECRET, id="reference as it is"),
        pytest.param("appKey", f"{SECRET}#appKey", f"{SECRET}#appKey", id="JSON key as it is"),
        pytest.param("stackName", "ThingSync", "ThingSync", id="stack name as it is"),
        pytest.param("frequencyPlanID", "F" * 64, "F" * 64, id="plan of 64 characters"),
        pytest.param("name", "n" * 50, "n" * 50, id="name of 50 characters"),
        pytest.param("description", "d" * 800, "d" * 800, id="description of 800 characters"),
    ],
)
def test_a_value_goes_on_in_one_spelling(attribute, value, expected):
    examined, spelled = examine_and_spell(CREATE | {attribute: value})

    assert spelled[attribute] == said(examined.thing)[attribute] == expected
    assert attribute not in examined.problems


@pytest.mark.parametrize(
    "attributes",
    [
        pytest.param({"devEUI": DEV_EUI.lower()}, id="DevEUI"),
        pytest.param({"joinEUI": JOIN_EUI.lower()}, id="JoinEUI"),
        pytest.param({"appKey": APP_KEY.lower(), "nwkKey": NWK_KEY.lower()}, id="keys"),
    ],
)
def test_the_case_of_hex_digits_makes_no_difference(attributes):
    assert examine(CREATE_1_1 | attributes) == examine(CREATE_1_1)


def test_app_eui_is_another_name_of_join_eui():
    renamed = {("appEUI" if name == "joinEUI" else name): value for name, value in CREATE.items()}

    assert examine(renamed) == examine(CREATE)


ACCEPTED = {
    "devEUI": "must be 16 hex digits without separators, not all zero",
    "stackName": "must be the name of a CloudFormation stack, 1 to 128 characters",
    "joinEUI": "must be 16 hex digits without separators",
    "appEUI": "must be 16 hex digits without separators",
    "lorawanVersion": "must be one of 1.0, 1.0.1, 1.0.2, 1.0.3, 1.0.4, 1.1",
    "regionalParametersVersion": "must be one of 1.0, 1.0.1, 1.0.2-a, 1.0.2-b, 1.0.3-a, 1.1-a, 1.1-b, RP002-1.0.0, "
    "RP002-1.0.1, RP002-1.0.2, RP002-1.0.3, RP002-1.0.4",
    "appKey": "must be 32 hex digits without separators, not all zero, "
    "or the ARN of a Secrets Manager secret, or the name of an SSM parameter (…#jsonKey for a field of a JSON secret)",
    "nwkKey": "must be 32 hex digits without separators, not all zero, "
    "or the ARN of a Secrets Manager secret, or the name of an SSM parameter (…#jsonKey for a field of a JSON secret)",
    "claimAuthenticationCode": "must be 1 to 32 letters and digits, "
    "or the ARN of a Secrets Manager secret, or the name of an SSM parameter (…#jsonKey for a field of a JSON secret)",
    "qrCode": "must be a LoRaWAN QR code, LW:D0:<JoinEUI>:<DevEUI>:<profile>:…, or one of a draft, URN:DEV:LW:… or "
    "URN:LW:DP:…",
    "deviceID": "must be 3 to 36 lower-case letters, digits and single dashes (at least 3 letters or digits, no dash "
    'at either end); "batch" is reserved',
    "serialNumber": "must be 3 to 16 letters, digits and single dashes (at least 3 letters or digits, no dash at "
    "either end)",
    "label:a-b": "must be label:<key> with a key of 3 to 36 lower-case letters, digits and single dashes (at least 3 "
    "letters or digits, no dash at either end) that does not begin with aws-, and a value of 1 to 200 characters",
    "frequencyPlanID": "must be 1 to 64 characters",
    "name": "must be 1 to 50 characters",
    "description": "must be 1 to 800 characters",
}


@pytest.mark.parametrize("attribute", ACCEPTED)
def test_present_but_empty_is_malformed_not_missing(attribute):
    examined = examine({attribute: ""})

    assert examined.problems == {attribute: ACCEPTED[attribute]}
    assert attribute not in examined.missing


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        pytest.param("devEUI", "0" * 16, id="DevEUI of zeros"),
        pytest.param("devEUI", DEV_EUI[:-1], id="short DevEUI"),
        pytest.param("joinEUI", f"{JOIN_EUI}0", id="long JoinEUI"),
        pytest.param("appEUI", "EC-65-6E-00-00-00-00-03", id="AppEUI with separators"),
        pytest.param("stackName", "s" * 129, id="stack name of 129 characters"),
        pytest.param("lorawanVersion", "1.0.9", id="unknown LoRaWAN version"),
        pytest.param("regionalParametersVersion", "1.0.3", id="only 1.0.3-a exists"),
        pytest.param("appKey", "0" * 32, id="AppKey of zeros"),
        pytest.param("nwkKey", "0" * 32, id="NwkKey of zeros"),
        pytest.param("appKey", "arn:aws:s3:::bucket", id="ARN of no secret"),
        pytest.param("claimAuthenticationCode", "AB-CD", id="code with a dash"),
        pytest.param("claimAuthenticationCode", "arn:aws", id="code that is half an ARN"),
        pytest.param("qrCode", "LW:D0", id="half a label"),
        pytest.param("deviceID", "-7", id="device ID with a dash at its beginning"),
        pytest.param("deviceID", "a-b", id="device ID of three characters, one of them a dash"),
        pytest.param("serialNumber", "A-7", id="serial number of three characters, one of them a dash"),
        pytest.param("label:a-b", "x", id="label whose key has three characters, one of them a dash"),
        pytest.param("frequencyPlanID", "F" * 65, id="plan of 65 characters"),
        pytest.param("name", "n" * 51, id="name of 51 characters"),
        pytest.param("description", "d" * 801, id="description of 801 characters"),
    ],
)
def test_a_malformed_value_is_reported_with_what_is_accepted(attribute, value):
    examined = examine({attribute: value})

    assert examined.problems == {attribute: ACCEPTED[attribute]}
    assert examined.thing == Thing()


@pytest.mark.parametrize(
    ("value", "suggestion"),
    [
        pytest.param("Utrecht_Meter_26", "utrecht-meter-26", id="letter case and underscores"),
        pytest.param("pump--7", "pump-7", id="a double dash"),
        pytest.param(" Pump 7 ", "pump-7", id="blanks"),
        pytest.param("Pumpstation", "pumpstation", id="a word"),
        pytest.param("batch", "batch-1", id="an ID that no call can name"),
        pytest.param(APP_KEY, None, id="a key in the wrong place"),
        pytest.param(" ".join(re.findall("..", APP_KEY)), None, id="a key in groups"),
        pytest.param(f"0x{APP_KEY}", None, id="a key as programmers write it"),
        pytest.param(f"key_{APP_KEY}", None, id="a key behind its name"),
        pytest.param(f"{APP_KEY[:-1]}o", None, id="a key with a slip"),
        pytest.param(f"EUI_{DEV_EUI}", f"eui-{DEV_EUI.lower()}", id="an EUI behind its name"),
        pytest.param(f"{DEV_EUI[:8]}-{DEV_EUI[8:]}-", None, id="an EUI in groups"),
        pytest.param(CODE, None, id="a code"),
        pytest.param("K7QX2MPA", None, id="a code of any letters"),
        pytest.param("K7QX-2MPA", None, id="a code in groups"),
        pytest.param("K7QX 2MPA", None, id="a code in groups with blanks"),
        pytest.param("PUMP_7", "pump-7", id="capitals with an underscore"),
        pytest.param(QR_CODE, None, id="a label"),
        pytest.param(SECRET, None, id="an ARN"),
        pytest.param("a_b-" * 10, None, id="a long text"),
        pytest.param("x", None, id="too short"),
        pytest.param("pümp_7", None, id="not ASCII"),
    ],
)
def test_the_device_id_that_was_probably_meant_is_suggested_but_nothing_that_may_be_secret(value, suggestion):
    accepted = ACCEPTED["deviceID"]

    problem = examine({"deviceID": value}).problems["deviceID"]

    assert problem == (f"{accepted}; use {suggestion}" if suggestion else accepted)


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        pytest.param(without(CREATE, "devEUI") | {"DevEui": DEV_EUI}, {"devEUI": "DevEui"}, id="letter case"),
        pytest.param(without(CREATE, "devEUI") | {"dev_eui": DEV_EUI}, {"devEUI": "dev_eui"}, id="separators"),
        pytest.param(without(CREATE, "appKey") | {"AppKey": "x"}, {"appKey": "AppKey"}, id="a key, of two ways"),
        pytest.param(
            IDENTITY | {"claimauthenticationcode": "x"},
            {"claimAuthenticationCode": "claimauthenticationcode"},
            id="a code, of two ways",
        ),
        pytest.param(without(SCANNED, "qrCode") | {"QRCode": "x"}, {"qrCode": "QRCode"}, id="a label for two"),
        pytest.param(without(CREATE, "joinEUI") | {"AppEui": "x"}, {"appEUI": "AppEui"}, id="the former name"),
        pytest.param(CREATE | {"DevEui": DEV_EUI}, {}, id="beside the right one"),
        pytest.param(
            without(CREATE, "lorawanVersion") | {"brandId": "acme", "model_id": "pump"},
            {"brandID": "brandId", "modelID": "model_id"},
            id="a model",
        ),
        pytest.param(CREATE | {"brandId": "acme"}, {}, id="the user's own beside both versions"),
    ],
)
def test_an_attribute_in_another_spelling_is_named(given, missing):
    examined = examine(given)

    assert examined.missing == {
        name: f"is missing; the thing has {other}: attribute names are case-sensitive"
        for name, other in missing.items()
    }


@pytest.mark.parametrize(
    ("given", "attribute", "other"),
    [
        pytest.param({"brandID": "acme", "modelId": "pump"}, "modelID", "modelId", id="a model"),
        pytest.param({"longitude": "4.9", "Latitude": "52.3"}, "latitude", "Latitude", id="a place"),
    ],
)
def test_half_of_something_in_another_spelling_is_named(given, attribute, other):
    assert examine(CREATE | given).problems == {
        attribute: f"is missing; the thing has {other}: attribute names are case-sensitive"
    }


def test_attributes_that_users_keep_for_themselves_mean_nothing():
    assert examine(CREATE | {"site": "rotterdam", "deveui": "x", "DEVEUI": ""}) == examine(CREATE)


@pytest.mark.parametrize("name", [*MODEL, "frequencyPlanID"])
@pytest.mark.parametrize("key", [APP_KEY.upper(), APP_KEY.lower()], ids=["capitals", "small letters"])
def test_a_key_in_an_attribute_that_calls_are_addressed_by_is_refused_and_not_repeated(name, key):
    problem = examine({name: key}).problems[name]

    assert problem.startswith("must be ")
    assert key not in problem
