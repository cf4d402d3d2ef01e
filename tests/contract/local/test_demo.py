"""The demo a second time: what its user did meanwhile stays as it is."""

import pytest

from local.demo import THING_TYPE, created

THING = {"thing": "parking-a04", "devEUI": "A81758FFFE0312B9", "frequencyPlanID": "EU_868", "name": ""}


@pytest.fixture
def iot(aws):
    iot = aws.client("iot")
    iot.create_thing_type(thingTypeName=THING_TYPE)
    yield iot
    iot.delete_thing(thingName=THING["thing"])


def attributes(iot):
    return iot.describe_thing(thingName=THING["thing"])["attributes"]


def test_a_thing_of_the_file_is_created_without_what_is_empty(iot):
    assert created(iot, THING, "thingsync")

    assert attributes(iot) == {
        "devEUI": "A81758FFFE0312B9",
        "frequencyPlanID": "EU_868",
        "stackName": "thingsync",
    }


def test_a_thing_that_is_there_already_is_no_error(iot):
    created(iot, THING, "thingsync")

    assert created(iot, THING, "thingsync")


def test_a_thing_that_was_corrected_is_kept_and_reported(iot):
    created(iot, THING, "thingsync")
    iot.update_thing(
        thingName=THING["thing"],
        attributePayload={"attributes": {"frequencyPlanID": "EU_863_870_TTN"}, "merge": True},
    )

    assert not created(iot, THING, "thingsync")
    assert attributes(iot)["frequencyPlanID"] == "EU_863_870_TTN"


def test_a_thing_that_was_deleted_is_created_again(iot):
    created(iot, THING, "thingsync")
    iot.delete_thing(thingName=THING["thing"])

    assert created(iot, THING, "thingsync")
