import pytest

from workflows.adapters import aws
from workflows.adapters.things import IoTThings
from workflows.ports.things import CurrentThing


@pytest.fixture
def things(cloud):
    return IoTThings(aws.iot())


@pytest.mark.parametrize(
    ("attributes", "stack_name"),
    [
        pytest.param({"stackName": "thingsync"}, "thingsync", id="of-a-stack"),
        pytest.param({"devEUI": "70B3D57ED0051234"}, None, id="of-none"),
        pytest.param({}, None, id="without-attributes"),
    ],
)
def test_a_thing_is_who_bears_the_name_now(things, attributes, stack_name):
    made = aws.iot().create_thing(thingName="pump-7", attributePayload={"attributes": attributes})

    assert things.thing("pump-7") == CurrentThing(made["thingId"], stack_name)


def test_a_name_that_nobody_bears_is_nothing(things):
    assert things.thing("pump-7") is None
