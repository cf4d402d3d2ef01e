"""What `thingsync set` reads, writes and refuses."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operate.errors import WrongInputError
from operate.setting import WantedChange, plan_change, read_words
from tests.bulk_samples import TARGET
from tests.samples import (
    APP_KEY,
    CLAIM,
    CODE,
    CREATE,
    DEV_EUI,
    JOIN_EUI,
    NWK_KEY,
    SECRET,
    STACK,
    planned_abp,
    registered_device,
)
from workflows.domain.registry_things import DescribedThing
from workflows.domain.scope import StackScope

THING = CREATE | {"name": "pump_7", "frequencyPlanID": "EU868"}
SCOPE = StackScope(STACK, "lorawan")
REGISTERED = registered_device(dev_eui=DEV_EUI, join_eui=JOIN_EUI)
NEXT_JOIN = "in effect at the device's next join"
NEXT_SESSION = "in effect with the device's next session, once somebody resets this one in The Things Stack"
ABP = {name: CREATE[name] for name in ("devEUI", "stackName", "lorawanVersion", "regionalParametersVersion")}
ABP |= {"devAddr": "00B6F063", "appSKey": APP_KEY, "nwkSKey": NWK_KEY}
REGISTERED_ABP = registered_device(planned_abp(dev_eui=DEV_EUI))


def planned(values=None, *, there=THING, unset=(), device=None, type_name="lorawan"):
    thing = DescribedThing("pump-7", "its-id", 3, type_name, there)
    wanted = WantedChange(("pump-7",), values or {}, unset)
    return plan_change(thing, wanted, SCOPE, device=device, defaults=TARGET.defaults)


def shown(change):
    return [str(each) for each in change.changes]


def test_words_are_things_and_values():
    wanted = read_words(["pump-7", "name=a=b", "70-B3-D5-7E-D0-05-12-34", "site=roof"], ["description"])

    assert wanted == WantedChange(
        ("pump-7", "70-B3-D5-7E-D0-05-12-34"), {"name": "a=b", "site": "roof"}, ("description",)
    )


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        pytest.param("appkey", "appKey", id="letter case"),
        pytest.param("frequency_plan_id", "frequencyPlanID", id="a column's name"),
        pytest.param("lorawan_phy_version", "regionalParametersVersion", id="another column's name"),
        pytest.param("DEV-EUI", "devEUI", id="separators"),
    ],
)
def test_an_attribute_in_another_spelling_is_read_and_its_name_is_shown(name, meant):
    wanted = read_words(["pump-7", f"{name}=x"], [])

    assert (dict(wanted.values), wanted.notes) == ({meant: "x"}, (f"{name}: you meant {meant}.",))


@pytest.mark.parametrize(
    ("words", "unset", "expected"),
    [
        pytest.param(["name=x"], [], "Name the things to change", id="no thing"),
        pytest.param(["pump-7"], [], "Say what to change", id="no change"),
        pytest.param(["pump-7", "appKey=…"], [], "Put the value of appKey in place of …, or give", id="as printed"),
        pytest.param(["pump-7", "name="], [], "name has no value. To remove it: --unset name.", id="no value"),
        pytest.param(["pump-7", "name=x", "NAME=y"], [], "An attribute is given twice", id="twice"),
        pytest.param(["pump-7", "name=x"], ["name"], "An attribute is given twice", id="set and removed"),
        pytest.param(["pump-7", "apKey=x"], [], "no attribute apKey. Did you mean appKey?", id="a slip"),
        pytest.param(["pump-7"], ["descripton"], "Did you mean description?", id="a slip in what is removed"),
        pytest.param(["pump-7", "my attribute=x"], [], "is no name of an attribute", id="not for AWS IoT"),
    ],
)
def test_words_that_are_unclear_are_refused(words, unset, expected):
    with pytest.raises(WrongInputError, match=expected.replace("?", r"\?")):
        read_words(words, unset)


def test_only_what_differs_is_written_in_one_spelling():
    change = planned({"frequencyPlanID": "EU_863_870_TTN", "lorawanVersion": "MAC_V1_0_3", "devEUI": DEV_EUI.lower()})

    assert dict(change.written) == {"frequencyPlanID": "EU_863_870_TTN"}
    assert shown(change) == ["frequencyPlanID: EU868 → EU_863_870_TTN"]
    assert (change.thing_id, change.version) == ("its-id", 3)


def test_a_value_is_read_as_people_write_it():
    change = planned({"appKey": " ".join(NWK_KEY.lower()[at : at + 8] for at in range(0, 32, 8)), "name": "Pump 8"})

    assert dict(change.written) == {"appKey": NWK_KEY, "name": "Pump_8"}


def test_what_is_removed_is_written_as_an_empty_text():
    change = planned(unset=("name", "description"))

    assert (dict(change.written), shown(change)) == ({"name": ""}, ["name: pump_7 → (not given)"])


@pytest.mark.parametrize(
    ("values", "unset", "there", "expected"),
    [
        pytest.param(
            {"appKey": NWK_KEY}, (), THING, ["appKey: changed (in effect at the device's next join)"], id="another key"
        ),
        pytest.param(
            {"appKey": SECRET}, (), THING, ["appKey: changed (in effect at the device's next join)"], id="a reference"
        ),
        pytest.param({}, ("appKey",), THING, ["appKey: removed (the device stays as it was)"], id="no key any more"),
    ],
)
def test_no_key_is_shown(values, unset, there, expected):
    assert shown(planned(values, unset=unset, there=there, device=REGISTERED)) == expected


def test_a_key_that_was_not_there_is_set():
    there = {name: text for name, text in THING.items() if name != "appKey"}

    assert shown(planned({"appKey": APP_KEY}, there=there)) == ["appKey: set"]


@pytest.mark.parametrize(
    ("values", "unset", "expected", "written"),
    [
        pytest.param(
            {"label:room-no": "12 B"}, (), ["label:room-no: (not given) → 12_B"], {"label:room-no": "12_B"}, id="new"
        ),
        pytest.param({"label:floor": "4"}, (), ["label:floor: 3 → 4"], {"label:floor": "4"}, id="another text"),
        pytest.param({"label:floor": "3"}, (), [], {}, id="the same"),
        pytest.param({}, ("label:floor",), ["label:floor: 3 → (not given)"], {"label:floor": ""}, id="removed"),
        pytest.param({"label:floor": NWK_KEY}, (), ["label:floor: changed"], {"label:floor": NWK_KEY}, id="a key"),
        pytest.param(
            {"latitude": "-33.8", "longitude": "151.25"},
            (),
            ["latitude: (not given) → -33.8", "longitude: (not given) → 151.25"],
            {"latitude": "-33.8", "longitude": "151.25"},
            id="a place",
        ),
        pytest.param(
            {"classCTimeout": "60", "pingSlotPeriodicity": "32", "payloadFormatter": "none", "supportsClassC": "true"},
            (),
            [
                "classCTimeout: (not given) → 60",
                "pingSlotPeriodicity: (not given) → 32",
                "payloadFormatter: (not given) → none",
                "supportsClassC: (not given) → true",
            ],
            {"classCTimeout": "60", "pingSlotPeriodicity": "32", "payloadFormatter": "none", "supportsClassC": "true"},
            id="what The Things Stack spells otherwise",
        ),
    ],
)
def test_every_attribute_is_written_as_things_give_it(values, unset, expected, written):
    change = planned(values, unset=unset, there=THING | {"label:floor": "3"})

    assert (shown(change), dict(change.written)) == (expected, written)


def test_a_label_in_another_spelling_is_read_and_its_name_is_shown():
    wanted = read_words(["pump-7", "Label:Room_No=12 B"], ["label:Room_No"])

    assert (dict(wanted.values), wanted.unset) == ({"label:room-no": "12 B"}, ("label:Room_No",))
    assert wanted.notes == ("Label:Room_No: you meant label:room-no.",)


def test_a_misspelled_attribute_is_taken_away_beside_the_right_one():
    wanted = read_words(["pump-7", "devEUI=70B3D57ED0051234"], ["DevEui"])

    assert (dict(wanted.values), wanted.unset) == ({"devEUI": "70B3D57ED0051234"}, ("DevEui",))


@pytest.mark.parametrize(
    ("there", "expected"),
    [
        pytest.param({"BrandID": "x"}, {"BrandID": ""}, id="that very name"),
        pytest.param({"brandID": "acme", "modelID": "m-10", "BrandID": "x"}, {"BrandID": ""}, id="both"),
        pytest.param({"name": "x"}, {}, id="neither"),
    ],
)
def test_what_is_taken_away_is_what_the_thing_has(there, expected):
    wanted = read_words(["pump-7"], ["BrandID"])

    assert dict(planned(unset=wanted.unset, there=CREATE | there).written) == expected


def test_a_name_in_another_spelling_is_taken_away_as_the_thing_spells_it():
    wanted = read_words(["pump-7"], ["NAME"])

    assert dict(planned(unset=wanted.unset).written) == {"name": ""}


@pytest.mark.parametrize("name", ["label:aws-stack", "label:ab", "label:", "label:a--b", "label:raum-nähe"])
def test_what_can_be_no_label_is_refused(name):
    with pytest.raises(WrongInputError, match="must be label:<key> with a key of 3 to 36"):
        read_words(["pump-7", f"{name}=x"], [])


def test_an_attribute_of_the_users_own_is_written_and_said_to_be_ignored():
    assert shown(planned({"site": "roof"})) == ["site: (not given) → roof (Thingsync ignores it)"]


@pytest.mark.parametrize("label", ["label:site", "label:abc"])
def test_a_label_is_no_attribute_of_the_users_own(label):
    wanted = read_words(("pump-7", f"{label}=roof"), ())

    assert wanted.values == {label: "roof"}
    assert shown(planned(wanted.values)) == [f"{label}: (not given) → roof"]


@pytest.mark.parametrize(
    ("values", "unset", "expected"),
    [
        ({"supportsClassC": "true"}, (), "supportsClassC: (not given) → true (in effect at the device's next join)"),
        ({"classCTimeout": "8"}, (), "classCTimeout: (not given) → 8"),
        ({"appKey": APP_KEY[::-1]}, (), "appKey: changed (in effect at the device's next join)"),
        ({}, ("appKey",), "appKey: removed (the device stays as it was)"),
        ({}, ("frequencyPlanID",), "frequencyPlanID: EU868 → (not given) (the device stays as it was)"),
        ({}, ("name",), "name: pump_7 → (not given)"),
    ],
)
def test_a_change_of_a_registered_device_says_when_it_counts(values, unset, expected):
    assert shown(planned(values, unset=unset, device=REGISTERED)) == [expected]


def test_a_change_of_an_abp_device_says_that_its_session_goes_on():
    change = planned({"rx1Delay": "5", "lastFCntUp": "7"}, there=ABP, device=REGISTERED_ABP)

    assert shown(change) == [
        f"rx1Delay: (not given) → 5 ({NEXT_SESSION})",
        "lastFCntUp: (not given) → 7 (used when a device is created, not later)",
    ]


@pytest.mark.parametrize(
    ("values", "device", "expected"),
    [
        pytest.param({"appKey": "xyz"}, None, "appKey: must be 32 hex digits", id="malformed"),
        pytest.param({"lorawanVersion": "1.0.4"}, None, "regionalParametersVersion: does not go", id="contradicting"),
        pytest.param({"claimAuthenticationCode": CODE}, None, "created with its keys or claimed", id="both ways"),
        pytest.param({"joinEUI": "0" * 16}, REGISTERED, "cannot change. Delete the thing and create it", id="JoinEUI"),
        pytest.param({"devEUI": "1" * 16}, REGISTERED, "cannot change. Delete the thing and create it", id="DevEUI"),
        pytest.param({"deviceID": "pump-8"}, REGISTERED, "cannot change. Delete the thing and create", id="device ID"),
        pytest.param({"frequencyPlanID": "EU 868"}, None, "a character that AWS IoT does not allow", id="character"),
    ],
)
def test_what_would_be_rejected_is_refused(values, device, expected):
    with pytest.raises(WrongInputError, match=expected) as refusal:
        planned(values, device=device)

    assert str(refusal.value).startswith("pump-7")


def test_a_device_that_is_not_registered_may_get_other_euis():
    change = planned({"joinEUI": "0" * 16}, there=THING | {"joinEUI": "x"})

    assert shown(change) == [f"joinEUI: malformed → {'0' * 16}"]


@pytest.mark.parametrize(
    ("there", "type_name", "values", "expected"),
    [
        pytest.param(
            THING | {"stackName": "thingsynk"},
            "lorawan",
            {"name": "x"},
            "pump-7 is not of this stack: its stackName is thingsynk, this stack is thingsync.",
            id="stack",
        ),
        pytest.param(THING, None, {"name": "x"}, "it has no thing type, this stack's is lorawan.", id="no type"),
        pytest.param(
            {"StackName": STACK}, "lorawan", {"name": "x"}, "it has StackName: you meant stackName.", id="a slip"
        ),
        pytest.param(THING, "lorawan", {"stackName": "other"}, "its device would be released", id="given away"),
    ],
)
def test_a_thing_of_somebody_else_is_refused_by_what_it_is(there, type_name, values, expected):
    with pytest.raises(WrongInputError, match=expected):
        planned(values, there=there, type_name=type_name)


def test_a_thing_is_taken_over_by_naming_this_stack():
    change = planned({"stackName": STACK}, there=THING | {"stackName": "thingsynk"})

    assert shown(change) == ["stackName: thingsynk → thingsync"]


SECRETS = st.sampled_from([APP_KEY, NWK_KEY, CODE])


@given(
    st.sampled_from(["appKey", "nwkKey", "claimAuthenticationCode", "qrCode", "site"]),
    st.sampled_from([APP_KEY, NWK_KEY]),
    st.sampled_from([THING, CLAIM, CREATE | {"appKey": NWK_KEY}]),
)
def test_no_refusal_and_no_change_repeats_a_secret(name, secret, there):
    try:
        change = planned({name: secret}, there=there)
        text = f"{change!r} {shown(change)}"
    except WrongInputError as refusal:
        text = str(refusal)

    assert [each for each in (APP_KEY, NWK_KEY, CODE) if each in text] == []
