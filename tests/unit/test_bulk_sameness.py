"""A thing that is there already: as its row says, however it is spelled, or otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operate.bulk.sameness import as_change, as_conflict, differences
from tests.samples import APP_KEY, CLAIM, CODE, CREATE, CREATE_1_1, DEV_EUI, JOIN_EUI, NWK_KEY, QR_CODE, SCANNED, SECRET


def differing(wanted, there):
    return [as_conflict([each]) for each in differences(wanted, there)]


def without(attributes, *names):
    return {name: text for name, text in attributes.items() if name not in names}


PLACE = {"latitude": "52.37", "longitude": "4.9", "label:room": "12"}
BY_HAND = without(CREATE, "appKey", "joinEUI") | {"devAddr": "00B6F063", "appSKey": APP_KEY, "nwkSKey": NWK_KEY}


@pytest.mark.parametrize(
    ("wanted", "there"),
    [
        pytest.param(CREATE, CREATE, id="the very same"),
        pytest.param(
            CREATE_1_1,
            CREATE_1_1 | {name: CREATE_1_1[name].lower() for name in ("devEUI", "joinEUI", "appKey", "nwkKey")},
            id="letter case of hex digits",
        ),
        pytest.param(
            CREATE,
            CREATE | {"lorawanVersion": "MAC_V1_0_3", "regionalParametersVersion": "RP001_V1_0_3_REV_A"},
            id="other names of the versions",
        ),
        pytest.param(CREATE, without(CREATE, "joinEUI") | {"appEUI": JOIN_EUI}, id="the other name of the JoinEUI"),
        pytest.param(CLAIM, CLAIM | {"claimAuthenticationCode": CODE.lower()}, id="letter case of a code"),
        pytest.param(SCANNED, SCANNED | {"qrCode": QR_CODE.lower()}, id="letter case of a label"),
        pytest.param(SCANNED, CLAIM, id="a label and what it says"),
        pytest.param(CREATE, CREATE | {"deviceID": f"eui-{DEV_EUI.lower()}"}, id="the device ID that it would get"),
        pytest.param(CREATE, CREATE | {"site": "cellar"}, id="an attribute of its user's own"),
        pytest.param(CREATE | PLACE, CREATE | PLACE | {"latitude": "52.370"}, id="numbers"),
        pytest.param(BY_HAND, BY_HAND | {"devAddr": "00b6f063"}, id="letter case of an address"),
        pytest.param(
            BY_HAND,
            without(BY_HAND, "nwkSKey") | {"fNwkSIntKey": BY_HAND["nwkSKey"].lower()},
            id="the other name of a session key",
        ),
    ],
)
def test_what_means_the_same_is_the_same(wanted, there):
    assert differing(wanted, there) == []
    assert differing(there, wanted) == []


@pytest.mark.parametrize("left_out", [["appKey"], ["name"], ["frequencyPlanID"], ["deviceID"], ["joinEUI", "appKey"]])
def test_what_a_row_does_not_say_stays(left_out):
    there = CREATE | {"name": "pump", "frequencyPlanID": "EU_433", "deviceID": "pump-7"}

    assert differing(without(there, *left_out), there) == []


PLANNED = CREATE | {"frequencyPlanID": "EU_863_870_TTN", "name": "pump_7", "description": "roof"}


@pytest.mark.parametrize(
    ("there", "found"),
    [
        pytest.param({"joinEUI": "0" * 16}, [f"joinEUI (thing: {'0' * 16}, file: {JOIN_EUI})"], id="JoinEUI"),
        pytest.param(
            {"lorawanVersion": "1.0.2", "regionalParametersVersion": "1.0.2-b"},
            ["lorawanVersion (thing: 1.0.2, file: 1.0.3)", "regionalParametersVersion (thing: 1.0.2-b, file: 1.0.3-a)"],
            id="versions",
        ),
        pytest.param(
            {"frequencyPlanID": "EU868"}, ["frequencyPlanID (thing: EU868, file: EU_863_870_TTN)"], id="another plan"
        ),
        pytest.param({"name": "pump_8"}, ["name (thing: 'pump_8', file: 'pump_7')"], id="name"),
        pytest.param({"description": "cellar"}, ["description"], id="description"),
        pytest.param({"appKey": NWK_KEY}, ["appKey"], id="key"),
        pytest.param({"appKey": SECRET}, ["appKey"], id="a reference instead of a key"),
        pytest.param({"appKey": "x"}, ["appKey"], id="a malformed key"),
        pytest.param({"devEUI": "x"}, [f"devEUI (thing: malformed, file: {DEV_EUI})"], id="malformed"),
    ],
)
def test_what_differs_is_named(there, found):
    assert differing(PLANNED, PLANNED | there) == found


@pytest.mark.parametrize(
    ("wanted", "there", "found"),
    [
        pytest.param(
            {"label:room": "12"},
            {"label:room": "13", "label:floor": "3"},
            ["label:room (thing: '13', file: '12')"],
            id="one label, and another that the row does not give",
        ),
        pytest.param({"label:room": "12"}, {}, ["label:room (thing: (not given), file: '12')"], id="a label more"),
        pytest.param({"label:room": APP_KEY}, {"label:room": "13"}, ["label:room"], id="what may be a key"),
        pytest.param({"rx1Delay": "5"}, {"rx1Delay": "1"}, ["rx1Delay (thing: 1, file: 5)"], id="a setting"),
        pytest.param(
            {"supportsClassC": "false"},
            {"supportsClassC": "True"},
            ["supportsClassC (thing: malformed, file: false)"],
            id="a flag that the thing misspells",
        ),
        pytest.param({"classCTimeout": "60"}, {"classCTimeout": "30"}, ["classCTimeout (thing: 30, file: 60)"], id="s"),
    ],
)
def test_what_differs_of_the_rest_is_named_as_things_spell_it(wanted, there, found):
    assert differing(CREATE | wanted, CREATE | there) == found


@pytest.mark.parametrize(
    ("there", "is_once"), [("4", True), ("", True), ("four", False)], ids=["another", "none", "malformed"]
)
def test_counters_count_once(there, is_once):
    [found] = differences(BY_HAND | {"lastFCntUp": "5"}, BY_HAND | ({"lastFCntUp": there} if there else {}))

    assert found.is_once is is_once


def test_what_the_thing_lacks_is_named():
    assert differing(PLANNED, without(PLANNED, "appKey", "frequencyPlanID", "name")) == [
        "name (thing: (not given), file: 'pump_7')",
        "frequencyPlanID (thing: (not given), file: EU_863_870_TTN)",
        "appKey",
    ]


def test_a_device_id_of_its_own_is_another():
    wanted = CREATE | {"deviceID": "pump-8"}

    assert differing(wanted, CREATE | {"deviceID": "pump-7"}) == ["deviceID (thing: pump-7, file: pump-8)"]


@pytest.mark.parametrize(
    ("wanted", "there", "written"),
    [
        pytest.param(SCANNED, CLAIM | {"claimAuthenticationCode": "ABCD"}, "qrCode", id="the code of a label"),
        pytest.param(CLAIM, CLAIM | {"claimAuthenticationCode": "ABCD"}, "claimAuthenticationCode", id="a code"),
        pytest.param(
            without(CREATE, "joinEUI") | {"appEUI": JOIN_EUI}, CREATE | {"joinEUI": "0" * 16}, "appEUI", id="the appEUI"
        ),
    ],
)
def test_a_difference_names_the_attribute_of_the_row(wanted, there, written):
    assert [each.attribute for each in differences(wanted, there)] == [written]


def test_a_change_shows_before_and_after_and_no_key():
    found = differences(PLANNED, PLANNED | {"frequencyPlanID": "EU868", "appKey": NWK_KEY})

    assert as_change(found) == "frequencyPlanID: EU868 → EU_863_870_TTN; appKey: changed"


@given(
    st.dictionaries(st.sampled_from(["appKey", "nwkKey", "deviceID", "name", "frequencyPlanID"]), st.just(APP_KEY)),
    st.sampled_from([CREATE, CREATE_1_1, CLAIM]),
)
def test_no_key_and_no_code_is_reported(changes, wanted):
    found = [*differences(wanted, CREATE_1_1 | CLAIM | changes), *differences(CREATE | changes, wanted)]
    texts = as_conflict(found) + as_change(found) + repr(found)

    assert [secret for secret in (APP_KEY, NWK_KEY, CODE) if secret.lower() in texts.lower()] == []
