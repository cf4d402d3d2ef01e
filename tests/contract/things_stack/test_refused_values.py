"""The client against the simulator: values that The Things Stack refuses."""

import pytest

from tests.samples import identity_record, radio
from tests.things_stack_answers import APP_KEY, IDS
from workflows.domain.attributes import DeviceKeys
from workflows.domain.device import DeviceIds, IdentityRecord
from workflows.errors import DeviceConflictError, ValueRefusedAnswer


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        pytest.param(
            radio("EU_863_870_MARS", "MAC_V1_0_3", "PHY_V1_0_3_REV_A"),
            ("frequencyPlanID",),
            id="unknown-plan-is-404-and-no-missing-device",
        ),
        pytest.param(
            radio("AS_923_2", "MAC_V1_0_3", "PHY_V1_0_3_REV_A"),
            ("regionalParametersVersion", "frequencyPlanID"),
            id="band-without-this-version",
        ),
        pytest.param(radio("EU_863_870_TTN", "MAC_V9", "PHY_V1_0_3_REV_A"), ("lorawanVersion",), id="unknown-version"),
        pytest.param(radio("EU_863_870_TTN", "MAC_V1_0_3", "PHY_V9"), ("regionalParametersVersion",), id="unknown-phy"),
        pytest.param(radio("X" * 65, "MAC_V1_0_3", "PHY_V1_0_3_REV_A"), ("frequencyPlanID",), id="long-plan"),
    ],
)
def test_refused_radio_settings_name_the_things_attribute(stack, settings, expected):
    with pytest.raises(ValueRefusedAnswer, match="refused by the Network Server") as caught:
        stack.set_network(IDS, settings)

    assert caught.value.attributes == expected


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        pytest.param(IdentityRecord(DeviceIds("test", IDS.dev_eui, IDS.join_eui)), ("deviceID",), id="reserved-id"),
        pytest.param(IdentityRecord(DeviceIds("Pump_7", IDS.dev_eui, IDS.join_eui)), ("deviceID",), id="illegal-id"),
        pytest.param(identity_record(IDS, name="x" * 51), ("name",), id="long-name"),
        pytest.param(identity_record(IDS, description="x" * 2001), ("description",), id="long-description"),
        pytest.param(identity_record(DeviceIds(IDS.device_id, "70B3", IDS.join_eui)), ("devEUI",), id="short-eui"),
    ],
)
def test_a_refused_identity_names_the_things_attribute(stack, record, expected):
    with pytest.raises(ValueRefusedAnswer, match="refused by the Identity Server") as caught:
        stack.create_identity(record)

    assert caught.value.attributes == expected


def test_a_refused_id_of_a_device_to_delete_is_named_with_the_reason(stack):
    with pytest.raises(ValueRefusedAnswer, match="deviceID is not accepted, value does not match"):
        stack.delete_identity("Bad_Id")


def test_more_attributes_than_a_device_can_have_are_refused_with_the_limit(stack):
    stack.create_identity(IdentityRecord(IDS))
    eleven = {f"key-{number}": "v" for number in range(11)}

    with pytest.raises(DeviceConflictError, match=r"eui-70b3d57ed0051234.* no more than 10 pair"):
        stack.update_identity(IdentityRecord(IDS, attributes=eleven), [], with_mark=True)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        pytest.param(DeviceKeys("0" * 32), ("appKey",), id="zero"),
        pytest.param(DeviceKeys(APP_KEY[:-2]), ("appKey",), id="short"),
        pytest.param(DeviceKeys(APP_KEY, "Z" * 32), ("nwkKey",), id="no-hex"),
    ],
)
def test_a_refused_key_is_named_and_not_shown(stack, keys, expected):
    with pytest.raises(ValueRefusedAnswer, match="refused by the Join Server") as caught:
        stack.set_join(IDS, keys)

    assert caught.value.attributes == expected
    assert [key for key in (keys.app_key, keys.nwk_key) if key and key in str(caught.value)] == []
