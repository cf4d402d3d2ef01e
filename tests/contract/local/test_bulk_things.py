"""Making things of which some are there: what moto does not know, the local cloud does as AWS."""

import pytest

from operate.adapters.things import ThingsOfType
from tests.bulk_samples import planned_thing
from tests.contract.local.emulated_aws import unique


@pytest.fixture(scope="module")
def iot(aws):
    client = aws.client("iot")
    client.create_thing_type(thingTypeName="meter")
    return client


def test_the_same_thing_is_found_and_another_of_its_name_is_left_alone(iot):
    things = ThingsOfType(iot, "meter")
    thing = planned_thing(1, thing_name=unique("thing"), attributes={"devEUI": "A1"})
    other = planned_thing(1, thing_name=thing.thing_name, attributes={"devEUI": "A2"})

    made, found, there = (
        things.create(thing.thing_name, thing.attributes),
        things.create(thing.thing_name, thing.attributes),
        things.create(other.thing_name, other.attributes),
    )

    assert found == made
    assert (there.thing_id, there.thing_type_name, there.attributes) == (made, "meter", {"devEUI": "A1"})
    assert iot.describe_thing(thingName=thing.thing_name)["attributes"] == {"devEUI": "A1"}


class Forgetful(ThingsOfType):
    """Somebody deletes the thing before it is read."""

    def create(self, thing_name, attributes):
        self._client.meta.events.register_first("before-call.iot.DescribeThing", lambda **_: self._delete(thing_name))
        return super().create(thing_name, attributes)

    def _delete(self, thing_name):
        self._client.delete_thing(thingName=thing_name)


def test_a_thing_that_is_gone_when_it_is_read_is_none(aws):
    iot = aws.client("iot")
    thing = planned_thing(1, thing_name=unique("thing"), attributes={"devEUI": "A1"})
    iot.create_thing(thingName=thing.thing_name, attributePayload={"attributes": {"devEUI": "A2"}})

    assert Forgetful(iot, "meter").create(thing.thing_name, thing.attributes) is None


def test_a_thing_of_another_type_is_not_the_same(iot):
    thing = planned_thing(1, thing_name=unique("thing"), attributes={"devEUI": "A1"})
    iot.create_thing(thingName=thing.thing_name, attributePayload={"attributes": {"devEUI": "A1"}})

    there = ThingsOfType(iot, "meter").create(thing.thing_name, thing.attributes)

    assert (there.thing_type_name, there.attributes) == (None, {"devEUI": "A1"})


def test_things_of_the_type_are_listed_and_a_thing_is_described_whatever_its_type(iot):
    things = ThingsOfType(iot, "meter")
    thing = planned_thing(1, thing_name=unique("thing"), attributes={"stackName": "thingsync"})
    thing_id = things.create(thing.thing_name, thing.attributes)
    iot.create_thing(thingName=(typeless := unique("thing")))

    listed = {each.name: each.version for each in things.listed()}
    described = things.describe(thing.thing_name)

    assert (listed[thing.thing_name], typeless in listed) == (1, False)
    assert (described.thing_id, described.attributes, described.version_number) == (thing_id, thing.attributes, 1)
    assert (described.thing_type_name, things.describe(typeless).thing_type_name) == ("meter", None)
    assert things.describe("nobody") is None


def test_a_thing_that_lost_its_type_gets_it_back_unless_it_has_changed(iot):
    things, name = ThingsOfType(iot, "meter"), unique("thing")
    iot.create_thing(thingName=name, thingTypeName="meter", attributePayload={"attributes": {"devEUI": "A1"}})
    iot.update_thing(thingName=name, removeThingType=True)
    lost = things.describe(name)

    given, again = things.restore_type(lost), things.restore_type(lost)

    now = things.describe(name)
    assert (lost.thing_type_name, given, again) == (None, True, False)
    assert (now.thing_type_name, now.version_number, now.attributes) == ("meter", 3, {"devEUI": "A1"})


def test_some_attributes_are_written_the_others_stay_and_an_empty_text_removes_one(iot):
    things, name = ThingsOfType(iot, "meter"), unique("thing")
    there = {"devEUI": "A1", "name": "pump", "site": "roof"}
    things.create(name, there)

    done = things.write_attributes(name, {"name": "pump_7", "site": ""}, 1)

    now = things.describe(name)
    assert (done, now.version_number, now.attributes) == ("written", 2, {"devEUI": "A1", "name": "pump_7"})
    assert now.thing_type_name == "meter"


def test_a_thing_that_has_changed_since_it_was_read_is_not_written(iot):
    things, name = ThingsOfType(iot, "meter"), unique("thing")
    things.create(name, {"devEUI": "A1"})
    things.write_attributes(name, {"name": "theirs"}, 1)

    assert things.write_attributes(name, {"name": "ours"}, 1) == "changed meanwhile"
    assert things.write_attributes(unique("nobody"), {"name": "ours"}, 1) == "deleted meanwhile"
    assert things.describe(name).attributes == {"devEUI": "A1", "name": "theirs"}
