"""What does not go with a model is said at once: its versions, its way of activation, its keys, its classes."""

import pytest

from tests.samples import registered_device
from workflows.domain.attributes import DeviceKeys, DeviceValues
from workflows.domain.model import Described, Firmware, Template, band_problem, choose, laid, no_profile, with_ids
from workflows.domain.model import ModelVersion as Version
from workflows.domain.updating import PlannedUpdate
from workflows.errors import ImmutableChangeError, InvalidThingError

EU, US = "EU_863_870", "US_902_928"
PUMP = (Firmware("1.0", 1, ("A",), (EU,)), Firmware("2.0", 2, ("B",), (EU, US)))
OF_1_0_3 = DeviceValues(lorawan_version="MAC_V1_0_3", lorawan_phy_version="PHY_V1_0_3_REV_A")
OF_1_1 = DeviceValues(lorawan_version="MAC_V1_1", lorawan_phy_version="PHY_V1_1_REV_B")
OTAA, ABP = Template(OF_1_0_3, joins=True), Template(OF_1_0_3, joins=False)
KEY = "0F" * 16
ADDRESS = DeviceValues(dev_addr="00B6F063")


def problems_of(device, template):
    with pytest.raises(InvalidThingError, match=": ") as raised:
        laid(device, template)
    return raised.value.problems


@pytest.mark.parametrize(
    ("wanted", "attribute", "text"),
    [
        pytest.param({"version": "9"}, "firmwareVersion", "has no 9; it has 1.0, 2.0", id="no such firmware"),
        pytest.param(
            {"version": "1.0", "band_id": US},
            "firmwareVersion",
            "1.0 has no profile for US_902_928, the band of frequencyPlanID; use 2.0",
            id="another firmware has the band",
        ),
        pytest.param(
            {"band_id": "KR_920_923"},
            "frequencyPlanID",
            "has the band KR_920_923, for which the model has no profile; it has EU_863_870, US_902_928",
            id="no firmware has the band",
        ),
        pytest.param({"hardware": "C"}, "hardwareVersion", "has no C; it has A, B", id="no firmware for the hardware"),
    ],
)
def test_a_version_that_the_model_has_not_is_refused_with_those_that_it_has(wanted, attribute, text):
    with pytest.raises(InvalidThingError, match=attribute) as raised:
        choose(PUMP, **{"version": None, "hardware": None, "band_id": EU} | wanted)

    assert raised.value.problems.keys() == {attribute}
    assert text in raised.value.problems[attribute]


def test_a_model_without_any_firmware_is_said_to_have_none():
    assert no_profile((), EU, None).problems["frequencyPlanID"].endswith("it has none")


@pytest.mark.parametrize(
    ("device", "template", "attributes"),
    [
        pytest.param(
            Described(DeviceValues(lorawan_version="MAC_V1_0_2")), OTAA, ["lorawanVersion"], id="a version of its own"
        ),
        pytest.param(
            Described(DeviceValues(lorawan_phy_version="PHY_V1_0")),
            OTAA,
            ["regionalParametersVersion"],
            id="regional parameters of its own",
        ),
        pytest.param(
            Described(DeviceValues()),
            Template(DeviceValues(lorawan_version="MAC_V1_0_2", lorawan_phy_version="PHY_V1_0"), joins=True),
            ["modelID"],
            id="a pair of the model's that does not go together",
        ),
        pytest.param(Described(ADDRESS, keys=DeviceKeys(app_s_key=KEY)), OTAA, ["devAddr"], id="the model joins"),
        pytest.param(
            Described(DeviceValues(), keys=DeviceKeys(app_key=KEY)), ABP, ["appKey"], id="the model never joins"
        ),
        pytest.param(
            Described(DeviceValues(), has_code=True), ABP, ["claimAuthenticationCode"], id="nor is it claimed"
        ),
        pytest.param(Described(DeviceValues()), ABP, ["modelID"], id="the model never joins, and there is no key"),
        pytest.param(
            Described(DeviceValues(), keys=DeviceKeys(app_key=KEY)),
            Template(OF_1_1, joins=True),
            ["nwkKey"],
            id="a key of 1.1 is missing",
        ),
        pytest.param(
            Described(ADDRESS, keys=DeviceKeys(nwk_s_key=KEY)),
            Template(OF_1_1, joins=False),
            ["nwkSEncKey", "sNwkSIntKey"],
            id="session keys of 1.1 are missing",
        ),
        pytest.param(
            Described(DeviceValues(), keys=DeviceKeys(app_key=KEY, nwk_key=KEY)), OTAA, ["nwkKey"], id="a key too many"
        ),
        pytest.param(
            Described(ADDRESS.over(DeviceValues(supports_class_b=True))),
            ABP,
            ["pingSlotPeriodicity"],
            id="class B without a ping slot",
        ),
    ],
)
def test_what_does_not_go_with_the_model_is_named(device, template, attributes):
    assert sorted(problems_of(device, template)) == attributes


def test_a_device_that_is_there_has_its_keys():
    device = Described(DeviceValues(), keys=DeviceKeys(app_key=KEY), is_there=True)

    assert laid(device, Template(OF_1_1, joins=True)).values == OF_1_1


def test_keys_go_with_any_device_whose_version_nobody_gives():
    device = Described(DeviceValues(), keys=DeviceKeys(app_key=KEY, nwk_key=KEY))

    assert laid(device, Template(DeviceValues(supports_class_c=True), joins=True)).from_model == ("supportsClassC",)


def test_a_band_that_is_said_must_be_that_of_the_plan():
    assert band_problem(DeviceValues(band_id=US), EU).keys() == {"bandID"}
    assert band_problem(DeviceValues(band_id=EU), EU) == {}


def test_a_template_says_which_version_of_the_model_it_is_of():
    found = with_ids(OTAA, Version("acme", "pump", "2.0", EU), "B").values

    assert (found.brand_id, found.model_id, found.hardware_version) == ("acme", "pump", "B")
    assert (found.firmware_version, found.band_id, found.lorawan_version) == ("2.0", EU, "MAC_V1_0_3")


def test_an_update_has_the_values_of_the_template_and_writes_what_they_change():
    device = registered_device()
    update = PlannedUpdate(device, (), {}, before=device.values, asks_model=True)
    values = DeviceValues(supports_class_c=True).over(device.values)

    found = update.over_template(values, ("supportsClassC",))

    assert (found.fields, found.device.values, found.device.from_model) == (
        ("supportsClassC",),
        values,
        ("supportsClassC",),
    )


def test_a_template_of_1_1_is_no_template_for_a_session_of_an_earlier_version():
    device = registered_device(dev_addr="00B6F063")
    update = PlannedUpdate(device, (), {}, before=device.values, asks_model=True)

    with pytest.raises(ImmutableChangeError, match="lorawanVersion"):
        update.over_template(OF_1_1.over(device.values), ())


def test_a_template_whose_versions_do_not_go_together_changes_nothing():
    device = registered_device()
    update = PlannedUpdate(device, (), {}, before=device.values, asks_model=True)

    with pytest.raises(InvalidThingError, match="regionalParametersVersion"):
        update.over_template(DeviceValues(lorawan_phy_version="PHY_V1_0").over(device.values), ())
