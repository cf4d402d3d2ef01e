import json

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


@pytest.mark.parametrize(
    "reported",
    [
        pytest.param(b'{"versionNumber": ' + b"9" * 4000 + b"}", id="a number of 4000 digits"),
        pytest.param(b'{"status": "\\ud800"}', id="half a character"),
        pytest.param(b'{"at": 1e999, "eventAt": -1}', id="a number beyond all numbers"),
        pytest.param(b'{"rubbish": "' + b"x" * 7000 + b'"}', id="all the room that a shadow has"),
        pytest.param(b"null", id="null"),
    ],
)
def test_whatever_a_device_has_written_is_written_over(shadow, reported):
    aws.iot_data().update_thing_shadow(
        thingName="pump-7", shadowName="registration", payload=b'{"state":{"reported":' + reported + b"}}"
    )

    shadow.write("pump-7", {"status": "registered", "error": None}, over=shadow.read("pump-7"))

    assert shadow.read("pump-7").reported == {"status": "registered"}


def test_what_was_desired_is_taken_away_as_it_would_fill_the_room(shadow):
    """moto leaves it, so the request is checked."""
    sent = []
    aws.iot_data().meta.events.register(
        "before-call.iot-data-plane.UpdateThingShadow", lambda params, **_: sent.append(json.loads(params["body"]))
    )

    shadow.write("pump-7", {"status": "registered"}, over=None)

    assert sent == [{"state": {"desired": None, "reported": {"status": "registered"}}}]


def test_the_shadow_is_the_one_named_registration(shadow):
    shadow.write("pump-7", {"status": "registered"}, over=None)

    assert aws.iot_data().list_named_shadows_for_thing(thingName="pump-7")["results"] == ["registration"]


def test_an_error_other_than_a_version_passes_untouched(shadow):
    with pytest.raises(aws.iot_data().exceptions.ResourceNotFoundException, match="UpdateThingShadow"):
        shadow.write("pump-8", {"status": "registered"}, over=None)
