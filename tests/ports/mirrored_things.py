"""What every ``MirroredThings`` does."""

from dataclasses import replace

import pytest

from tests.samples import DEV_EUI, DEVICE_ID, JOIN_EUI, STACK
from workflows.domain.mirroring import RegistryThing

ATTRIBUTES = {"devEUI": DEV_EUI, "stackName": STACK, "deviceID": DEVICE_ID, "joinEUI": JOIN_EUI}
THING = RegistryThing(DEV_EUI, "lorawan", ATTRIBUTES)


class MirroredThingsContract:
    def test_a_name_that_nobody_bears_is_nothing(self, things):
        assert things.thing("pump-7") is None

    def test_a_made_thing_bears_its_name_type_and_attributes(self, things):
        thing_id = things.create(THING)

        assert things.thing(DEV_EUI) == replace(THING, thing_id=thing_id)

    def test_a_thing_without_type_and_attributes_has_none(self, things, have):
        have(RegistryThing("pump-7", None, {}))

        found = things.thing("pump-7")

        assert (found.thing_type_name, dict(found.attributes)) == (None, {})

    @pytest.mark.parametrize(
        "written",
        [
            pytest.param(DEV_EUI, id="upper-case"),
            pytest.param(DEV_EUI.lower(), id="lower-case"),
        ],
    )
    def test_a_thing_is_found_by_its_dev_eui(self, things, have, written):
        pump = RegistryThing("pump-7", "lorawan", ATTRIBUTES | {"devEUI": written})
        have(pump)

        assert list(things.with_dev_eui(DEV_EUI)) == [pump]

    def test_other_things_are_not(self, things, have):
        have(RegistryThing("pump-8", "lorawan", ATTRIBUTES | {"devEUI": "70B3D57ED0059999"}))

        assert list(things.with_dev_eui(DEV_EUI)) == []

    def test_a_thing_whose_dev_eui_has_no_letters_is_found_once(self, things, have):
        digits = RegistryThing("pump-7", "lorawan", {"devEUI": "7003057000051234"})
        have(digits)

        assert list(things.with_dev_eui("7003057000051234")) == [digits]

    def test_every_one_of_many_things_is_found(self, things, have):
        """More than AWS IoT lists on a page."""
        names = {f"pump-{number}" for number in range(60)}
        for name in names:
            have(RegistryThing(name, "lorawan", ATTRIBUTES))

        assert {thing.thing_name for thing in things.with_dev_eui(DEV_EUI)} == names

    def test_a_repaired_thing_has_its_type_and_keeps_what_else_it_had(self, things, have):
        have(RegistryThing("pump-7", None, {"devEUI": DEV_EUI, "cellar": "north"}))

        things.repair(RegistryThing("pump-7", "lorawan", {"stackName": STACK}))

        found = things.thing("pump-7")
        assert found.thing_type_name == "lorawan"
        assert dict(found.attributes) == {"devEUI": DEV_EUI, "cellar": "north", "stackName": STACK}

    def test_a_type_alone_can_be_repaired(self, things, have):
        have(RegistryThing("pump-7", None, {"devEUI": DEV_EUI}))

        things.repair(RegistryThing("pump-7", "lorawan", {}))

        assert things.thing("pump-7").thing_type_name == "lorawan"
        assert dict(things.thing("pump-7").attributes) == {"devEUI": DEV_EUI}
