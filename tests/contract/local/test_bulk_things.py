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

    made, found, there = things.make(thing), things.make(thing), things.make(other)

    assert found == made
    assert (there.thing_id, there.thing_type_name, there.attributes) == (made, "meter", {"devEUI": "A1"})
    assert iot.describe_thing(thingName=thing.thing_name)["attributes"] == {"devEUI": "A1"}


class Forgetful(ThingsOfType):
    """Somebody deletes the thing before it is looked at."""

    def make(self, thing):
        self._client.meta.events.register_first("before-call.iot.DescribeThing", lambda **_: self._delete(thing))
        return super().make(thing)

    def _delete(self, thing):
        self._client.delete_thing(thingName=thing.thing_name)


def test_a_thing_that_is_gone_when_it_is_looked_at_is_none(aws):
    iot = aws.client("iot")
    thing = planned_thing(1, thing_name=unique("thing"), attributes={"devEUI": "A1"})
    iot.create_thing(thingName=thing.thing_name, attributePayload={"attributes": {"devEUI": "A2"}})

    assert Forgetful(iot, "meter").make(thing) is None


def test_a_thing_of_another_type_is_not_the_same(iot):
    thing = planned_thing(1, thing_name=unique("thing"), attributes={"devEUI": "A1"})
    iot.create_thing(thingName=thing.thing_name, attributePayload={"attributes": {"devEUI": "A1"}})

    there = ThingsOfType(iot, "meter").make(thing)

    assert (there.thing_type_name, there.attributes) == (None, {"devEUI": "A1"})


def test_things_of_the_type_are_listed_and_a_thing_is_seen_whatever_its_type(iot):
    things = ThingsOfType(iot, "meter")
    thing = planned_thing(1, thing_name=unique("thing"), attributes={"stackName": "thingsync"})
    thing_id = things.make(thing)
    iot.create_thing(thingName=(typeless := unique("thing")))

    listed = {each.name: each.version for each in things.listed()}
    seen = things.seen(thing.thing_name)

    assert (listed[thing.thing_name], typeless in listed) == (1, False)
    assert (seen.thing_id, seen.stack_name, seen.version) == (thing_id, "thingsync", 1)
    assert (seen.type_name, things.seen(typeless).type_name) == ("meter", None)
    assert things.seen("nobody") is None


def test_a_thing_that_lost_its_type_gets_it_back_unless_it_has_changed(iot):
    things, name = ThingsOfType(iot, "meter"), unique("thing")
    iot.create_thing(thingName=name, thingTypeName="meter", attributePayload={"attributes": {"devEUI": "A1"}})
    iot.update_thing(thingName=name, removeThingType=True)
    lost = things.thing(name)

    given, again = things.give_type(lost), things.give_type(lost)

    now = things.thing(name)
    assert (lost.thing_type_name, given, again) == (None, True, False)
    assert (now.thing_type_name, now.version_number, now.attributes) == ("meter", 3, {"devEUI": "A1"})
