"""Which thing stands for a device, and what is given back to one that lost it."""

from dataclasses import replace

import pytest

from tests.ports.mirrored_things import ATTRIBUTES, THING
from tests.samples import DEV_EUI, DEVICE_ID, JOIN_EUI, STACK
from workflows.domain.device import DeviceIds
from workflows.domain.mirroring import RegistryThing, repaired, standing_for, thing_of_device
from workflows.errors import MismatchingStackError

IDS = DeviceIds(DEVICE_ID, DEV_EUI, JOIN_EUI)
OTHERS = ATTRIBUTES | {"stackName": "another-stack"}
OWN_NAME = replace(THING, thing_name="pump-7", attributes={"devEUI": DEV_EUI, "stackName": STACK})


def test_a_device_becomes_a_thing_with_its_ids_and_no_keys():
    assert thing_of_device(IDS, DEV_EUI, stack_name=STACK, thing_type_name="lorawan") == THING


def test_a_device_without_join_eui_gives_none():
    thing = thing_of_device(replace(IDS, join_eui=""), DEV_EUI, stack_name=STACK, thing_type_name="lorawan")

    assert thing.attributes.keys() == {"devEUI", "stackName", "deviceID"}


def without(*names, **changes):
    attributes = {name: value for name, value in ATTRIBUTES.items() if name not in names}
    return replace(THING, **{"attributes": attributes} | changes)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param([], None, id="none"),
        pytest.param([OWN_NAME], OWN_NAME, id="under-a-name-of-its-own"),
        pytest.param([THING, OWN_NAME], THING, id="two-of-ours-always-the-same"),
        pytest.param([OWN_NAME, THING], THING, id="two-of-ours-in-whatever-order"),
        pytest.param([replace(OWN_NAME, thing_name="a", attributes=OTHERS), OWN_NAME], OWN_NAME, id="beside-another-s"),
        pytest.param([lower := without(attributes=ATTRIBUTES | {"devEUI": DEV_EUI.lower()})], lower, id="lower-case"),
        pytest.param([bare := without("stackName")], bare, id="of-our-name-without-stack"),
        pytest.param([typeless := replace(OWN_NAME, thing_type_name=None)], typeless, id="without-type"),
    ],
)
def test_a_thing_of_ours_stands_for_the_device(found, expected):
    assert standing_for(THING, found) == expected


@pytest.mark.parametrize(
    ("thing", "told"),
    [
        pytest.param(replace(OWN_NAME, attributes=OTHERS), "pump-7 has stackName another-stack", id="another-stack"),
        pytest.param(replace(THING, attributes=OTHERS), "another-stack", id="another-stack-under-our-name"),
        pytest.param(replace(OWN_NAME, attributes={"devEUI": DEV_EUI}), r"\(it names none\)", id="of-no-stack"),
        pytest.param(replace(OWN_NAME, thing_type_name="pump"), "thing type pump", id="another-type"),
    ],
)
def test_a_thing_that_is_not_ours_is_an_error_that_says_whose(thing, told):
    with pytest.raises(MismatchingStackError, match=f"is registered for mismatching stack.*{told}") as refused:
        standing_for(THING, [thing])

    assert refused.value.thing_name == thing.thing_name


@pytest.mark.parametrize(
    ("thing", "lost"),
    [
        pytest.param(THING, None, id="nothing"),
        pytest.param(OWN_NAME, None, id="nothing-that-its-user-gave"),
        pytest.param(replace(THING, thing_type_name=None), RegistryThing(DEV_EUI, "lorawan", {}), id="its-type"),
        pytest.param(
            replace(OWN_NAME, thing_type_name=None), RegistryThing("pump-7", "lorawan", {}), id="a-user-s-type"
        ),
        pytest.param(
            without("deviceID"), RegistryThing(DEV_EUI, "lorawan", {"deviceID": DEVICE_ID}), id="an-attribute"
        ),
        pytest.param(RegistryThing(DEV_EUI, None, {}), THING, id="everything"),
        pytest.param(
            RegistryThing(DEV_EUI, "lorawan", ATTRIBUTES | {"devEUI": DEV_EUI.lower(), "cellar": "north"}),
            None,
            id="nothing-beside-attributes-of-its-user",
        ),
    ],
)
def test_what_a_thing_of_ours_lost_is_given_back(thing, lost):
    assert repaired(thing, THING) == lost


def test_a_thing_of_our_name_with_another_dev_eui_is_not_repaired():
    another = replace(THING, attributes=ATTRIBUTES | {"devEUI": "70B3D57ED0059999"})

    with pytest.raises(MismatchingStackError, match="devEUI 70B3D57ED0059999"):
        repaired(another, THING)
