import pytest

from tests.ports.shadow import RegistrationShadowContract
from workflows.adapters import aws
from workflows.adapters.shadow_removal import IoTRemovableShadow


class TestIoTRemovableShadow(RegistrationShadowContract):
    @pytest.fixture
    def shadow(self, cloud):
        aws.iot().create_thing(thingName="pump-7")
        return IoTRemovableShadow(aws.iot_data())


@pytest.fixture
def shadow(cloud):
    aws.iot().create_thing(thingName="pump-7")
    return IoTRemovableShadow(aws.iot_data())


def test_a_shadow_without_a_report_is_one_with_an_empty_report(shadow):
    """Anyone with the right policy may write the desired half of the document."""
    aws.iot_data().update_thing_shadow(
        thingName="pump-7", shadowName="registration", payload=b'{"state":{"desired":{"status":"?"}}}'
    )

    found = shadow.read("pump-7")

    assert (found.reported, found.version) == ({}, 1)


def test_the_shadow_is_the_one_named_registration(shadow):
    shadow.write("pump-7", {"status": "registered"}, version=None)

    assert aws.iot_data().list_named_shadows_for_thing(thingName="pump-7")["results"] == ["registration"]


def test_trouble_other_than_a_version_passes_untouched(shadow):
    with pytest.raises(aws.iot_data().exceptions.ResourceNotFoundException, match="UpdateThingShadow"):
        shadow.write("pump-8", {"status": "registered"}, version=None)
