"""Which version of a model a device is, what its template gives it, and what is asked of the Device Repository."""

import json
import re
from importlib import resources

import pytest

from tests.fakes.device_repository import FakeDeviceRepository
from tests.samples import APP_KEY, DEV_EUI, DEVICE_ID, STACK, altered, planned, registered_device
from workflows.domain.attributes import DeviceValues
from workflows.domain.bands import band_of
from workflows.domain.model import NAMED_AT_MOST, Firmware, Template, choose, unknown
from workflows.domain.updating import UpdateOptions, plan_update
from workflows.errors import InvalidThingError, StackConfigurationError
from workflows.schemas.thing import examine
from workflows.steps.models import MODELS_REMEMBERED, Models

EU, US = "EU_863_870", "US_902_928"
TEMPLATE = Template(
    DeviceValues(
        lorawan_version="MAC_V1_0_3",
        lorawan_phy_version="PHY_V1_0_3_REV_A",
        supports_class_c=True,
        class_c_timeout="8s",
        payload_formatter="FORMATTER_REPOSITORY",
    ),
    joins=True,
)
PUMP = (Firmware("1.0", 1, ("A",), (EU,)), Firmware("2.0", 2, ("A", "B"), (EU, US)))
OF_PUMP = planned(
    brand_id="acme",
    model_id="pump",
    lorawan_version=None,
    lorawan_phy_version=None,
    from_stack=("frequencyPlanID",),
)


def pumps(**more):
    return FakeDeviceRepository(PUMP, dict.fromkeys([("1.0", EU), ("2.0", EU), ("2.0", US)], TEMPLATE), **more)


@pytest.mark.parametrize(
    ("model", "wanted", "chosen"),
    [
        pytest.param(PUMP, {}, "2.0", id="the highest number"),
        pytest.param(PUMP[::-1], {}, "2.0", id="the highest number, wherever it stands"),
        pytest.param(PUMP, {"version": "1.0"}, "1.0", id="the one that is named"),
        pytest.param((*PUMP, Firmware("3.x", None, (), (EU,))), {}, "2.0", id="a number before none"),
        pytest.param((Firmware("a", bands=(EU,)), Firmware("b", bands=(EU,))), {}, "b", id="the last without numbers"),
        pytest.param((Firmware("a", 7, bands=(EU,)), Firmware("b", 7, bands=(EU,))), {}, "b", id="the last of equals"),
        pytest.param((PUMP[0], Firmware("2.0", 2, ("B",), (EU,))), {"hardware": "A"}, "1.0", id="one for the hardware"),
        pytest.param((Firmware("1.0", 1, (), (EU,)),), {"hardware": "Z"}, "1.0", id="any hardware"),
        pytest.param((Firmware("1.0", 1, (), (EU,)), Firmware("2.0", 2, (), (US,))), {}, "1.0", id="one for the band"),
    ],
)
def test_the_newest_firmware_that_fits_is_chosen(model, wanted, chosen):
    assert choose(model, **{"version": None, "hardware": None, "band_id": EU} | wanted).version == chosen


def test_of_many_names_those_are_named_that_are_most_alike():
    names = [f"brand-{number:02}" for number in range(20)] + ["milesight-iot", "dragino"]

    text = unknown("milesight", names)

    assert text.startswith("the Device Repository has no milesight; it has milesight-iot, ")
    assert text.endswith(f" and {len(names) - NAMED_AT_MOST} more")


def test_every_published_plan_has_its_band():
    published = json.loads(resources.files("local.things_stack").joinpath("frequency-plans.json").read_text())

    assert [plan["id"] for plan in published if band_of(plan["id"]) != plan["band_id"]] == []


def test_what_the_model_gives_lies_between_the_thing_and_the_stack():
    repository = pumps()

    device = Models(repository).lay(altered(OF_PUMP, class_c_timeout="9s"))

    assert (device.values.class_c_timeout, device.values.supports_class_c) == ("9s", True)
    assert (device.values.firmware_version, device.values.hardware_version, device.values.band_id) == ("2.0", "B", EU)
    assert "classCTimeout" not in device.from_model
    assert {"supportsClassC", "lorawanVersion", "bandID"} < set(device.from_model)
    assert device.from_stack == ("frequencyPlanID",)
    assert repository.asked == ["firmware", "template"]


def test_versions_of_the_stack_give_way_to_those_of_the_model():
    defaults = ("frequencyPlanID", "lorawanVersion", "regionalParametersVersion")
    claim = altered(OF_PUMP, lorawan_version="MAC_V1_1", lorawan_phy_version="PHY_V1_1_REV_B", from_stack=defaults)

    device = Models(pumps()).lay(claim)

    assert (device.values.lorawan_version, device.from_stack) == ("MAC_V1_0_3", ("frequencyPlanID",))


def test_a_thing_without_a_model_asks_nothing():
    repository = pumps()

    assert Models(repository).lay(planned()) == planned()
    assert repository.asked == []


def test_a_firmware_that_is_named_saves_the_look_at_the_model():
    repository = pumps()

    device = Models(repository).lay(altered(OF_PUMP, firmware_version="1.0"))

    assert (device.values.firmware_version, device.values.hardware_version) == ("1.0", None)
    assert repository.asked == ["template"]


@pytest.mark.parametrize("version", ["..", "3/1", "../../pump", "1.0/"])
def test_a_firmware_that_would_change_the_path_of_the_call_is_looked_up_in_the_model(version):
    repository = pumps()

    with pytest.raises(InvalidThingError, match=re.escape(f"has no {version}; it has 1.0, 2.0")):
        Models(repository).lay(altered(OF_PUMP, firmware_version=version))

    assert repository.asked == ["firmware"]


def test_a_firmware_that_no_call_can_name_is_refused_although_the_model_has_it():
    repository = FakeDeviceRepository((Firmware("3/1", 3, (), (EU,)),), {})

    with pytest.raises(InvalidThingError, match="firmwareVersion: The Things Stack has no template of 3/1"):
        Models(repository).lay(OF_PUMP)

    assert repository.asked == ["firmware"]


def test_the_band_of_an_unpublished_plan_is_asked_for_once():
    repository = pumps(plans={"OUR_PLAN": US})
    models = Models(repository)

    bands = [models.lay(altered(OF_PUMP, frequency_plan_id="OUR_PLAN")).values.band_id for _ in range(2)]

    assert (bands, repository.asked.count("band")) == ([US, US], 1)


def test_an_unknown_plan_is_asked_for_again_since_it_may_have_been_added():
    repository = pumps()
    models, device = Models(repository), altered(OF_PUMP, frequency_plan_id="OUR_PLAN", from_stack=())
    with pytest.raises(InvalidThingError, match="no frequency plan OUR_PLAN"):
        models.lay(device)
    repository.plans["OUR_PLAN"] = US

    assert models.lay(device).values.band_id == US


@pytest.mark.parametrize("attribute", ["frequency_plan_id", "brand_id", "model_id", "hardware_version"])
def test_what_may_be_a_key_in_the_wrong_attribute_is_in_no_error(attribute):
    key = APP_KEY.lower()

    with pytest.raises(InvalidThingError, match=r"\(not shown: it looks like a key\)") as refused:
        Models(pumps()).lay(altered(OF_PUMP, **{attribute: key}, from_stack=()))

    assert key not in str(refused.value)


@pytest.mark.parametrize(
    ("said", "options", "chosen"),
    [
        pytest.param({}, {"repair": True}, "1.0", id="repaired: the one it has"),
        pytest.param({"hardwareVersion": "B"}, {}, "2.0", id="other hardware: chosen again"),
    ],
)
def test_a_device_keeps_its_firmware_until_its_model_changes(said, options, chosen):
    made = Models(pumps()).lay(altered(OF_PUMP, firmware_version="1.0", from_stack=()))
    given = {"devEUI": DEV_EUI, "stackName": STACK, "brandID": "acme", "modelID": "pump"}
    from_model = tuple(name for name in made.values.given() if name not in (*given, "frequencyPlanID"))
    device = altered(registered_device(made), from_model=from_model)
    update = plan_update(examine(given | said), DEVICE_ID, device, unfinished=(), options=UpdateOptions(**options))

    assert Models(pumps()).lay_update(update).device.values.firmware_version == chosen


def test_an_unknown_plan_of_the_thing_is_its_user_s():
    device = altered(OF_PUMP, frequency_plan_id="NOWHERE", from_stack=())

    with pytest.raises(InvalidThingError, match="frequencyPlanID: The Things Stack has no frequency plan NOWHERE"):
        Models(pumps()).lay(device)


def test_an_unknown_plan_of_the_stack_is_the_operator_s():
    with pytest.raises(StackConfigurationError, match=r"The stack's default for frequencyPlanID: .* NOWHERE"):
        Models(pumps()).lay(altered(OF_PUMP, frequency_plan_id="NOWHERE"))


def test_the_memory_of_models_is_bounded():
    repository = pumps(known=tuple(f"pump-{number}" for number in range(MODELS_REMEMBERED + 1)))
    models = Models(repository)
    for model_id in repository.known:
        models.lay(altered(OF_PUMP, model_id=model_id))
    repository.asked.clear()

    models.lay(altered(OF_PUMP, model_id=repository.known[-1]))
    remembered = list(repository.asked)
    models.lay(altered(OF_PUMP, model_id=repository.known[0]))

    assert (remembered, repository.asked) == ([], ["firmware", "template"])


def test_an_unknown_model_is_asked_for_again_since_it_may_have_been_added():
    repository = pumps()
    models = Models(repository)
    with pytest.raises(InvalidThingError, match="modelID: the Device Repository has no valve; it has pump"):
        models.lay(altered(OF_PUMP, model_id="valve"))
    repository.known = ("pump", "valve")

    assert models.lay(altered(OF_PUMP, model_id="valve")).values.model_id == "valve"


def test_a_label_is_a_hint_where_the_thing_names_no_model():
    by_numbers = Template(TEMPLATE.values.over(DeviceValues(brand_id="acme", model_id="pump", band_id=EU)), joins=True)
    repository = pumps(by_numbers={(7, 1): by_numbers})
    models = Models(repository)

    known, unknown_one, named = [
        models.lay(altered(device, profile=profile))
        for device, profile in ((planned(), (7, 1)), (planned(), (7, 2)), (altered(OF_PUMP, model_id="pump"), (7, 1)))
    ]

    assert (known.values.model_id, known.values.class_c_timeout) == ("pump", "8s")
    assert unknown_one.values == planned().values
    assert "modelID" not in named.from_model
    assert repository.asked.count("numbers") == 2


@pytest.mark.parametrize(
    "template",
    [
        pytest.param(Template(DeviceValues(model_id="pump", band_id=US), joins=True), id="another band"),
        pytest.param(Template(DeviceValues(model_id="pump", band_id=EU), joins=False), id="activated by hand"),
    ],
)
def test_a_label_whose_model_does_not_fit_is_ignored(template):
    device = planned(profile=(7, 1))

    assert Models(pumps(by_numbers={(7, 1): template})).lay(device) == device
