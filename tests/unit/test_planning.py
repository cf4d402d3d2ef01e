"""Everything that creating or claiming a device needs, from the thing and from the stack."""

import pytest

from tests.samples import (
    APP_KEY,
    CLAIM,
    CODE,
    CREATE,
    CREATE_1_1,
    DEV_EUI,
    DEVICE_ID,
    IDENTITY,
    IDS,
    JOIN_EUI,
    RADIO,
    SCANNED,
    SECRET,
    STACK,
    VERSIONS,
    planned,
)
from workflows.domain.attributes import NO_KEYS, DeviceKeys
from workflows.domain.device import DeviceIds
from workflows.domain.naming import device_id_for
from workflows.domain.planning import StackDefaults, plan, plan_without_keys
from workflows.errors import InvalidThingError, StackConfigurationError
from workflows.schemas.thing import examine

DEFAULTS = StackDefaults("EU_863_870_TTN", "1.0.3", "1.0.3-a")
IL_CENTRAL_1 = StackDefaults("IL_917_920_TTN", "1.0.4", "RP002-1.0.3")


def planned_for(attributes, defaults=DEFAULTS):
    examined = examine(attributes)
    return plan(examined, device_id_for(examined.thing), defaults)


def device_of(attributes, defaults=DEFAULTS):
    return planned_for(attributes, defaults)[2]


def versions_of(device):
    return device.values.lorawan_version, device.values.lorawan_phy_version


def test_a_thing_with_keys_is_created_with_all_it_says():
    attributes = CREATE | {"name": "Pump_7", "description": "cellar", "frequencyPlanID": "US_902_928_FSB_2"}

    answer = planned_for(attributes)

    expected = planned(name="Pump_7", frequency_plan_id="US_902_928_FSB_2")
    assert answer == ("create", "the thing has root keys", expected)


@pytest.mark.parametrize(
    ("attributes", "profile"),
    [pytest.param(CLAIM, None, id="with a code"), pytest.param(SCANNED, (0xABCD, 0x1234), id="with a label")],
)
def test_a_thing_with_a_code_is_claimed_with_the_defaults_of_the_stack(attributes, profile):
    answer = planned_for(attributes)

    expected = planned(
        name=None,
        description=None,
        app_key=None,
        authentication_code=CODE,
        from_stack=("frequencyPlanID", "lorawanVersion", "regionalParametersVersion"),
        profile=profile,
    )
    assert answer == ("claim", "the thing has a claim authentication code", expected)


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        pytest.param({}, ("frequencyPlanID",), id="versions are always a created thing's own"),
        pytest.param({"frequencyPlanID": "EU_863_870_TTN"}, (), id="nothing, be it the same as the default"),
    ],
)
def test_what_the_stack_filled_in_is_reported(attributes, expected):
    assert device_of(CREATE | attributes).from_stack == expected


@pytest.mark.parametrize(
    ("attributes", "defaults", "expected"),
    [
        pytest.param({}, DEFAULTS, ("MAC_V1_0_3", "PHY_V1_0_3_REV_A"), id="both from the stack"),
        pytest.param({}, IL_CENTRAL_1, ("MAC_V1_0_4", "RP002_V1_0_3"), id="both from a stack in il-central-1"),
        pytest.param(
            {"lorawanVersion": "1.0.2", "regionalParametersVersion": "1.0.2-b"},
            DEFAULTS,
            ("MAC_V1_0_2", "PHY_V1_0_2_REV_B"),
            id="both from the thing",
        ),
        pytest.param(
            {"lorawanVersion": "1.0.3"}, DEFAULTS, ("MAC_V1_0_3", "PHY_V1_0_3_REV_A"), id="regional from the stack"
        ),
        pytest.param(
            {"regionalParametersVersion": "RP002-1.0.1"},
            IL_CENTRAL_1,
            ("MAC_V1_0_4", "RP002_V1_0_1"),
            id="LoRaWAN from the stack",
        ),
    ],
)
def test_a_claim_takes_the_versions_that_it_lacks_from_the_stack(attributes, defaults, expected):
    assert versions_of(device_of(CLAIM | attributes, defaults)) == expected


@pytest.mark.parametrize(
    ("attributes", "problems"),
    [
        pytest.param(
            {"lorawanVersion": "1.0.2"},
            {
                "regionalParametersVersion": "is missing, and the stack's default 1.0.3-a does not go with LoRaWAN "
                "1.0.2, which takes 1.0.2-a, 1.0.2-b"
            },
            id="LoRaWAN alone",
        ),
        pytest.param(
            {"regionalParametersVersion": "1.1-b"},
            {
                "lorawanVersion": "is missing; by the stack's default, 1.1-b does not go with LoRaWAN 1.0.3, which "
                "takes 1.0.3-a"
            },
            id="regional parameters alone",
        ),
    ],
)
def test_a_claim_whose_one_version_does_not_go_with_the_stacks_is_refused(attributes, problems):
    with pytest.raises(InvalidThingError, match="which takes") as refused:
        planned_for(CLAIM | attributes)

    assert refused.value.problems == problems


@pytest.mark.parametrize(
    ("attributes", "defaults", "match"),
    [
        pytest.param(CREATE, StackDefaults("", "1.0.3", "1.0.3-a"), "FrequencyPlanId, Claim", id="no plan"),
        pytest.param(CLAIM, StackDefaults("EU_863_870_TTN", "1.3", "1.0.3-a"), "ClaimLoRaWANV", id="LoRaWAN"),
        pytest.param(CLAIM, StackDefaults("EU_863_870_TTN", "1.0.3", "1.0.3"), "ClaimRegional", id="regional"),
        pytest.param(
            CLAIM,
            StackDefaults("EU_863_870_TTN", "1.0.4", "1.0.3-a"),
            "ClaimRegionalParametersVersion 1.0.3-a does not go with LoRaWAN 1.0.4, which takes RP002-1.0.0",
            id="no pair",
        ),
    ],
)
def test_wrong_defaults_are_the_operators_affair(attributes, defaults, match):
    with pytest.raises(StackConfigurationError, match=match):
        planned_for(attributes, defaults)


@pytest.mark.parametrize(
    ("attributes", "defaults"),
    [
        pytest.param(
            CREATE | {"frequencyPlanID": "EU_863_870_TTN"}, StackDefaults("", "1.3", ""), id="a thing with all values"
        ),
        pytest.param(CREATE, StackDefaults("EU_863_870_TTN", "1.3", ""), id="a thing to create needs no versions"),
    ],
)
def test_wrong_defaults_that_a_thing_does_not_need_do_not_matter(attributes, defaults):
    assert device_of(attributes, defaults).values == RADIO


def test_a_refusal_lists_what_is_missing_and_what_is_wrong_by_attribute():
    attributes = {"devEUI": "xyz", "appKey": APP_KEY, "regionalParametersVersion": "1.0.3-a", "name": ""}

    with pytest.raises(InvalidThingError, match="; ") as refused:
        planned_for(attributes)

    assert refused.value.problems.keys() == {"devEUI", "stackName", "joinEUI", "lorawanVersion", "name"}
    assert str(refused.value) == "; ".join(f"{name}: {text}" for name, text in refused.value.problems.items())


def test_references_go_on_as_they_are():
    attributes = CREATE_1_1 | {"appKey": SECRET, "nwkKey": f"{SECRET}#nwkKey"}

    device = device_of(attributes)

    assert device.keys == DeviceKeys(SECRET, f"{SECRET}#nwkKey")


def test_a_label_that_names_another_code_than_the_secret_may_is_accepted():
    device = device_of(SCANNED | {"claimAuthenticationCode": SECRET})

    assert (device.authentication_code, device.expected_code) == (SECRET, CODE)


def test_a_planned_device_knows_its_ids_and_radio_and_prints_no_secret():
    device = planned(nwk_key=APP_KEY, authentication_code=CODE, expected_code=CODE)

    assert device.ids == DeviceIds("eui-70b3d57ed0051234", IDENTITY["devEUI"], IDENTITY["joinEUI"])
    assert device.values.at("ns") == RADIO
    assert [secret for secret in (APP_KEY, CODE) if secret in repr(device)] == []


class TestWithoutKeys:
    """Such a thing can only take up a device that is there."""

    @pytest.mark.parametrize("more", [{}, VERSIONS, {"name": "Pump"}], ids=["euis", "versions", "name"])
    def test_a_thing_that_lacks_only_its_keys_is_planned_with_what_it_lacks(self, more):
        device = plan_without_keys(examine(IDENTITY | more), DEVICE_ID)

        assert (device.ids, device.keys, device.authentication_code) == (IDS, NO_KEYS, None)
        assert list(device.lacks) == ["appKey", "claimAuthenticationCode"]
        assert device.values.name == more.get("name")

    @pytest.mark.parametrize(
        "attributes",
        [
            pytest.param(CREATE, id="it-has-a-key"),
            pytest.param(IDENTITY | {"appKey": APP_KEY}, id="it-lacks-the-versions-of-its-key"),
            pytest.param(CLAIM, id="it-has-a-code"),
            pytest.param({**IDENTITY, "joinEUI": "1"}, id="something-is-malformed"),
            pytest.param({"devEUI": DEV_EUI, "stackName": STACK}, id="the-join-eui-is-missing"),
            pytest.param({"joinEUI": JOIN_EUI, "stackName": STACK}, id="the-dev-eui-is-missing"),
            pytest.param({"devEUI": DEV_EUI, "joinEUI": JOIN_EUI}, id="the-stack-is-missing"),
        ],
    )
    def test_any_other_thing_is_not(self, attributes):
        assert plan_without_keys(examine(attributes), DEVICE_ID) is None
