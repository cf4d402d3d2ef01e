"""The client of the Device Repository against the simulator."""

import pytest

from tests.simulated_stack import stack_with
from workflows.adapters.things_stack.repository import TheDeviceRepository
from workflows.domain.attributes import DeviceValues
from workflows.domain.model import Firmware, ModelVersion
from workflows.errors import (
    AccessDeniedError,
    NoDeviceRepositoryAnswer,
    RegistryThrottledError,
    RegistryUnavailableError,
    ValueRefusedAnswer,
)

BRAND = "nordlys-sensors"
AIR = ModelVersion(BRAND, "fjord-air", "1.1", "EU_863_870")


@pytest.fixture
def repository(stack):
    return TheDeviceRepository(stack.ask)


def test_brands_and_models_are_listed(repository):
    assert repository.brands()[:2] == ("leen-labs", BRAND)
    assert repository.models(BRAND) == ("fjord-abp", "fjord-air", "fjord-beacon", "fjord-duty")
    assert repository.models("no-such") == ()


def test_firmware_is_given_in_its_order_with_bands_and_hardware(repository):
    assert repository.firmware(BRAND, "fjord-air") == (
        Firmware("1.0", 1, ("1.0",), ("EU_863_870",)),
        Firmware("1.1", 2, ("1.0", "1.1"), ("EU_863_870", "US_902_928")),
        Firmware("2.x", None, ("1.1",), ("EU_863_870",)),
    )


def test_a_template_gives_what_its_mask_names_false_or_not(repository):
    template = repository.template(AIR)

    assert template.joins
    assert template.values == DeviceValues(
        brand_id=BRAND,
        model_id="fjord-air",
        firmware_version="1.1",
        band_id="EU_863_870",
        lorawan_version="MAC_V1_0_3",
        lorawan_phy_version="PHY_V1_0_3_REV_A",
        supports_class_b=False,
        supports_class_c=False,
        supports_32_bit_f_cnt=True,
        payload_formatter="FORMATTER_REPOSITORY",
    )


def test_a_template_without_a_codec_gives_no_formatter(repository):
    template = repository.template(ModelVersion(BRAND, "fjord-air", "1.1", "US_902_928"))

    assert (template.values.payload_formatter, template.values.supports_class_c) == (None, True)


def test_a_template_for_abp_gives_what_the_device_boots_with(repository):
    template = repository.template(ModelVersion(BRAND, "fjord-abp", "3", "EU_863_870"))

    assert not template.joins
    assert (template.values.rx1_delay, template.values.rx1_data_rate_offset) == (5, 0)
    assert template.values.factory_preset_frequencies == ("868100000", "868300000", "868500000", "867100000")


@pytest.mark.parametrize(
    ("version", "attribute", "text"),
    [
        (ModelVersion("no-such", "fjord-air", "1.1", "EU_863_870"), "brandID", "no such brand"),
        (ModelVersion(BRAND, "no-such", "1.1", "EU_863_870"), "modelID", "no such model"),
        (ModelVersion(BRAND, "fjord-air", "9", "EU_863_870"), "firmwareVersion", "no such firmware version"),
        (ModelVersion(BRAND, "fjord-air", "1.1", "ISM_2400"), "bandID", "no profile for this band"),
        (ModelVersion(BRAND, "fjord-air", "1.0", "US_902_928"), "bandID", "no profile for this band"),
        (ModelVersion("leen-labs", "lent-one", "1.0", "AS_923"), "modelID", "its profile is missing"),
    ],
)
def test_what_is_unknown_is_named(repository, *, version, attribute, text):
    with pytest.raises(ValueRefusedAnswer, match=text) as refused:
        repository.template(version)

    assert refused.value.attributes[0] == attribute


def test_a_label_s_numbers_name_a_model_or_none(repository):
    assert repository.template_by_numbers(777, 1).values.hardware_version == "1.1"
    assert repository.template_by_numbers(780, 5) is None


def test_a_plan_has_its_band(repository):
    assert repository.band("AS_923") == "AS_923"
    assert repository.band("NOWHERE") is None


def test_a_deployment_may_have_none(simulator, repository):
    assert repository.is_there()
    simulator.control("POST", "device-repository", present=False)

    assert not repository.is_there()
    assert repository.template_by_numbers(777, 1) is None
    with pytest.raises(NoDeviceRepositoryAnswer, match="this deployment has none"):
        repository.template(AIR)


@pytest.mark.parametrize(
    ("action", "error"),
    [("503", RegistryUnavailableError), ("html", RegistryUnavailableError), ("429", RegistryThrottledError)],
)
def test_one_that_does_not_answer_is_no_missing_one(simulator, repository, *, action, error):
    simulator.control("POST", "faults", action=action, path="^/dr/", times=9)

    for call in (lambda: repository.template(AIR), lambda: repository.template_by_numbers(777, 1)):
        with pytest.raises(error):
            call()


def test_a_refused_key_is_told(simulator):
    with pytest.raises(AccessDeniedError, match="refused the stack's API key"):
        TheDeviceRepository(stack_with(simulator, "NNSXS.OTHER.QWERTZ").ask).template(AIR)
