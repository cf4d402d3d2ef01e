"""What is wrong between attributes, and what is missing; every problem at once."""

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
    VERSIONS,
)
from workflows.schemas.thing import examine

FOREIGN = SECRET.replace("thingsync/thingsync", "thingsync/another")
WITHOUT_TOKEN = f"LW:D0:{JOIN_EUI}:{DEV_EUI}:ABCD1234"
FOREIGN_TEXT = "names a secret that this stack may not read; its name must begin with thingsync/thingsync/device/"
BOTH_WAYS = "a device is created with its keys or claimed with its code, not both; remove one of the two"


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        pytest.param(
            CREATE | {"appEUI": "0000000000000002"},
            {"appEUI": "differs from joinEUI; they are two names of one value. Remove it or correct it"},
            id="two names of the JoinEUI, two values",
        ),
        pytest.param(CREATE | {"appEUI": JOIN_EUI.lower()}, {}, id="two names of the JoinEUI, one value"),
        pytest.param(
            CREATE | {"regionalParametersVersion": "1.1-b"},
            {"regionalParametersVersion": "does not go with LoRaWAN 1.0.3, which takes 1.0.3-a"},
            id="versions that make no pair",
        ),
        pytest.param(
            CLAIM | {"lorawanVersion": "1.0.2", "regionalParametersVersion": "1.0.1"},
            {"regionalParametersVersion": "does not go with LoRaWAN 1.0.2, which takes 1.0.2-a, 1.0.2-b"},
            id="versions that make no pair on a claim",
        ),
        pytest.param(
            CREATE | {"nwkKey": NWK_KEY},
            {"nwkKey": "is for LoRaWAN 1.1 alone; with it, joins of this device would fail. Remove it"},
            id="NwkKey on 1.0.3",
        ),
        pytest.param(
            CREATE | {"nwkKey": SECRET},
            {"nwkKey": "is for LoRaWAN 1.1 alone; with it, joins of this device would fail. Remove it"},
            id="NwkKey as a reference on 1.0.3",
        ),
        pytest.param(CREATE_1_1, {}, id="NwkKey on 1.1"),
        pytest.param(CREATE | {"appKey": SECRET}, {}, id="reference to a secret of this stack"),
        pytest.param(CREATE | {"appKey": FOREIGN}, {"appKey": FOREIGN_TEXT}, id="AppKey of another stack"),
        pytest.param(CREATE_1_1 | {"nwkKey": FOREIGN}, {"nwkKey": FOREIGN_TEXT}, id="NwkKey of another stack"),
        pytest.param(
            CLAIM | {"claimAuthenticationCode": FOREIGN},
            {"claimAuthenticationCode": FOREIGN_TEXT},
            id="code of another stack",
        ),
        pytest.param(
            {name: value for name, value in CREATE.items() if name != "stackName"} | {"appKey": FOREIGN},
            {},
            id="whose secret it is is unknown without the stack's name",
        ),
        pytest.param(
            CREATE | {"claimAuthenticationCode": CODE},
            {"appKey": BOTH_WAYS, "claimAuthenticationCode": BOTH_WAYS},
            id="key and code",
        ),
        pytest.param(SCANNED | {"nwkKey": NWK_KEY}, {"nwkKey": BOTH_WAYS, "qrCode": BOTH_WAYS}, id="key and label"),
    ],
)
def test_what_is_wrong_between_attributes_is_reported_at_the_one_to_correct(attributes, expected):
    assert examine(attributes).problems == expected


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        pytest.param({"joinEUI": JOIN_EUI, "claimAuthenticationCode": CODE.lower()}, {}, id="all as on the label"),
        pytest.param(
            {"devEUI": "70B3D57ED0059999"},
            {"qrCode": "is the code of a device with another DevEUI"},
            id="another device's label",
        ),
        pytest.param(
            {"joinEUI": "0000000000000001"},
            {"joinEUI": "differs from the JoinEUI in qrCode; remove it or correct it"},
            id="another JoinEUI",
        ),
        pytest.param(
            {"appEUI": "0000000000000001"},
            {"appEUI": "differs from the JoinEUI in qrCode; remove it or correct it"},
            id="another AppEUI",
        ),
        pytest.param(
            {"claimAuthenticationCode": "AAAA1111"},
            {"claimAuthenticationCode": "differs from the owner token in qrCode; remove it or correct it"},
            id="another code",
        ),
        pytest.param({"claimAuthenticationCode": SECRET}, {}, id="a reference cannot be compared yet"),
        pytest.param(
            {"qrCode": WITHOUT_TOKEN},
            {"qrCode": "carries no owner token (O…, in drafts V…); give claimAuthenticationCode beside it"},
            id="no code anywhere",
        ),
        pytest.param({"qrCode": WITHOUT_TOKEN, "claimAuthenticationCode": CODE}, {}, id="the code beside the label"),
        pytest.param(
            {"devEUI": "70B3D57ED0059999", "joinEUI": "0000000000000001", "claimAuthenticationCode": "AAAA1111"},
            {
                "qrCode": "is the code of a device with another DevEUI",
                "joinEUI": "differs from the JoinEUI in qrCode; remove it or correct it",
                "claimAuthenticationCode": "differs from the owner token in qrCode; remove it or correct it",
            },
            id="everything differs",
        ),
    ],
)
def test_what_differs_from_the_label_is_reported(attributes, expected):
    assert examine(SCANNED | attributes).problems == expected


@pytest.mark.parametrize(
    ("attributes", "code", "expected_code"),
    [
        pytest.param({"claimAuthenticationCode": SECRET}, SECRET, CODE, id="code as a reference, token on the label"),
        pytest.param(
            {"claimAuthenticationCode": SECRET, "qrCode": WITHOUT_TOKEN}, SECRET, None, id="no token on the label"
        ),
        pytest.param({}, CODE, None, id="the token is the code"),
        pytest.param({"claimAuthenticationCode": CODE}, CODE, None, id="compared already"),
    ],
)
def test_what_a_secret_must_say_is_left_to_the_step_that_reads_it(attributes, code, expected_code):
    thing = examine(SCANNED | attributes).thing

    assert (thing.authentication_code, thing.expected_code) == (code, expected_code)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        pytest.param({}, ["appKey", "claimAuthenticationCode", "devEUI", "joinEUI", "stackName"], id="nothing given"),
        pytest.param(IDENTITY, ["appKey", "claimAuthenticationCode"], id="neither key nor code"),
        pytest.param(IDENTITY | VERSIONS, ["appKey", "claimAuthenticationCode"], id="versions alone"),
        pytest.param(
            IDENTITY | {"nwkKey": NWK_KEY}, ["appKey", "lorawanVersion", "regionalParametersVersion"], id="NwkKey alone"
        ),
        pytest.param(
            {"appKey": APP_KEY},
            ["devEUI", "joinEUI", "lorawanVersion", "regionalParametersVersion", "stackName"],
            id="AppKey alone",
        ),
        pytest.param({"claimAuthenticationCode": CODE}, ["devEUI", "joinEUI", "stackName"], id="code alone"),
        pytest.param({"qrCode": QR_CODE}, ["devEUI", "stackName"], id="label alone"),
        pytest.param(
            {name: value for name, value in CREATE_1_1.items() if name != "nwkKey"}, ["nwkKey"], id="1.1 without NwkKey"
        ),
        pytest.param(CLAIM, [], id="claims need no versions"),
        pytest.param(CLAIM | {"lorawanVersion": "1.1"}, [], id="claims need no NwkKey"),
    ],
)
def test_what_is_missing_is_reported_with_what_registering_needs(attributes, expected):
    assert list(examine(attributes).missing) == expected


def test_a_thing_with_neither_key_nor_code_shows_what_either_way_needs():
    assert examine(IDENTITY).missing == {
        "appKey": "is missing; to create the device, give its root key with lorawanVersion and "
        "regionalParametersVersion",
        "claimAuthenticationCode": "is missing; to claim the device instead, give its code, or its qrCode",
    }


def test_every_problem_is_reported_at_once():
    attributes = {
        "devEUI": "xyz",
        "joinEUI": JOIN_EUI,
        "appEUI": "0000000000000002",
        "lorawanVersion": "1.0.3",
        "regionalParametersVersion": "1.1-a",
        "nwkKey": NWK_KEY,
        "deviceID": "Pump_7",
        "name": "",
    }

    examined = examine(attributes)

    expected = {"devEUI", "appEUI", "regionalParametersVersion", "nwkKey", "deviceID", "name"}
    assert examined.problems.keys() == expected
    assert examined.missing.keys() == {"stackName", "appKey"}


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"brandID": "dragino", "modelID": "lht65"}, id="a model"),
        pytest.param({"lorawanVersion": "1.0.3", "regionalParametersVersion": "1.0.3-a"}, id="both versions"),
    ],
)
def test_no_versions_are_asked_for_where_they_are_given(given):
    assert examine(IDENTITY | given).missing["appKey"] == "is missing; to create the device, give its root key"


def test_a_malformed_key_beside_a_code_is_reported_with_what_is_accepted():
    problems = examine(CLAIM | {"appKey": "1"}).problems

    assert problems["appKey"].startswith("must be 32 hex digits")
    assert problems["claimAuthenticationCode"] == BOTH_WAYS
