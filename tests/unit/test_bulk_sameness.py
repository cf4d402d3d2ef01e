"""A thing that is there already: the row's own, however it is spelled, or another."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operate.adapters.things import DescribedThing
from operate.bulk.sameness import differences
from tests.bulk_samples import planned_thing
from tests.samples import APP_KEY, CLAIM, CODE, CREATE, CREATE_1_1, DEV_EUI, JOIN_EUI, NWK_KEY, QR_CODE, SCANNED, SECRET


def differing(wanted, there, type_name="lorawan"):
    thing = DescribedThing("pump-7", "5a3c1f0e", 3, type_name, there)
    return differences(planned_thing(2, attributes=wanted), thing, "lorawan")


def without(attributes, *names):
    return {name: text for name, text in attributes.items() if name not in names}


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
    ],
)
def test_what_means_the_same_is_the_same(wanted, there):
    assert differing(wanted, there) == []
    assert differing(there, wanted) == []


@pytest.mark.parametrize(
    ("there", "found"),
    [
        pytest.param({"stackName": "other"}, ["stackName (other there, thingsync in the file)"], id="stack"),
        pytest.param({"joinEUI": "0" * 16}, [f"joinEUI ({'0' * 16} there, {JOIN_EUI} in the file)"], id="JoinEUI"),
        pytest.param(
            {"lorawanVersion": "1.0.2", "regionalParametersVersion": "1.0.2-b"},
            [
                "lorawanVersion (1.0.2 there, 1.0.3 in the file)",
                "regionalParametersVersion (1.0.2-b there, 1.0.3-a in the file)",
            ],
            id="versions",
        ),
        pytest.param({"frequencyPlanID": "EU_433"}, ["frequencyPlanID (EU_433 there, none in the file)"], id="plan"),
        pytest.param({"name": "pump_7"}, ["name ('pump_7' there, none in the file)"], id="name"),
        pytest.param({"deviceID": "pump-7"}, [f"deviceID (pump-7 there, eui-{DEV_EUI.lower()} in the file)"], id="ID"),
        pytest.param({"description": "cellar"}, ["description"], id="description"),
        pytest.param({"appKey": NWK_KEY}, ["appKey"], id="key"),
        pytest.param({"appKey": SECRET}, ["appKey"], id="a reference instead of a key"),
        pytest.param({"nwkKey": NWK_KEY}, ["nwkKey"], id="a needless key"),
        pytest.param(
            {"claimAuthenticationCode": CODE}, ["appKey", "claimAuthenticationCode"], id="a code beside the key"
        ),
        pytest.param(
            {"devEUI": "x", "deviceID": f"eui-{DEV_EUI.lower()}"},
            [f"devEUI (malformed there, {DEV_EUI} in the file)"],
            id="malformed",
        ),
        pytest.param({"nwkKey": ""}, ["nwkKey"], id="malformed where the row has none"),
        pytest.param({"qrCode": "x"}, ["appKey", "qrCode"], id="a label that is none, beside the key"),
        pytest.param({"appEUI": "0" * 16}, ["appEUI"], id="two JoinEUIs"),
        pytest.param({"deviceID": NWK_KEY.lower()}, ["deviceID"], id="what may be a key in another place"),
    ],
)
def test_what_differs_is_named(there, found):
    assert differing(CREATE, CREATE | there) == found


def test_keys_that_were_taken_off_are_named():
    assert differing(CREATE, without(CREATE, "appKey")) == ["appKey"]


@pytest.mark.parametrize(("type_name", "shown"), [("lamp", "lamp"), (None, "none")])
def test_another_type_is_named(type_name, shown):
    assert differing(CREATE, CREATE, type_name) == [f"its type ({shown} there)"]


@given(
    st.dictionaries(st.sampled_from(["appKey", "nwkKey", "deviceID", "name", "frequencyPlanID"]), st.just(APP_KEY)),
    st.sampled_from([CREATE, CREATE_1_1, CLAIM]),
)
def test_no_key_and_no_code_is_reported(changes, wanted):
    texts = " ".join([*differing(wanted, CREATE_1_1 | CLAIM | changes), *differing(CREATE | changes, wanted)])

    assert [secret for secret in (APP_KEY, NWK_KEY, CODE) if secret.lower() in texts.lower()] == []
