"""Whose a thing is that may stand for a device, and what is given back to one that lost it."""

from dataclasses import replace

import pytest

from tests.ports.mirrored_things import ATTRIBUTES, THING
from tests.samples import CODE, DEV_EUI, DEVICE_ID, JOIN_EUI, QR_CODE, STACK
from workflows.domain.device import DeviceIds
from workflows.domain.mirroring import MirrorRules, RegistryThing, join_eui_of, match_thing, parts_to_restore

IDS = DeviceIds(DEVICE_ID, DEV_EUI, JOIN_EUI)
RULES = MirrorRules(STACK, "lorawan", "DevEUI")
WANTED = RULES.wanted(IDS)
OTHER_EUI = "70B3D57ED0059999"
ZERO = "0000000000000000"
OWN_NAME = replace(THING, thing_name="pump-7", attributes={"devEUI": DEV_EUI, "stackName": STACK})


def own_name(**attributes):
    """A thing that its user made, with these attributes beside the two that it needs."""
    return replace(OWN_NAME, attributes=OWN_NAME.attributes | attributes)


def named_by_us(thing_type_name="lorawan", **attributes):
    return RegistryThing(DEV_EUI, thing_type_name, attributes)


def test_a_device_becomes_a_thing_with_its_ids_and_no_keys():
    assert WANTED.thing == THING


def test_a_device_without_join_eui_gives_none():
    thing = RULES.wanted(replace(IDS, join_eui="")).thing

    assert thing.attributes.keys() == {"devEUI", "stackName", "deviceID"}


def test_a_thing_that_is_there_keeps_its_name_whatever_the_scheme():
    assert RULES.wanted(IDS, "pump-7").thing_name == "pump-7"


class TestMatch:
    @pytest.mark.parametrize(
        "thing",
        [
            pytest.param(THING, id="just-so"),
            pytest.param(OWN_NAME, id="under-a-name-of-its-own"),
            pytest.param(own_name(devEUI=DEV_EUI.lower(), joinEUI=JOIN_EUI.lower()), id="in-lower-case"),
            pytest.param(own_name(appEUI=JOIN_EUI), id="under-the-older-name-of-the-join-eui"),
            pytest.param(own_name(qrCode=QR_CODE), id="by-its-label"),
            pytest.param(replace(OWN_NAME, thing_type_name=None), id="without-type"),
            pytest.param(named_by_us(devEUI=DEV_EUI), id="of-our-name-and-type-with-its-dev-eui"),
            pytest.param(named_by_us(deviceID=DEVICE_ID), id="of-our-name-and-type-with-its-device-id"),
            pytest.param(named_by_us(stackName=STACK), id="of-our-name-type-and-stack"),
            pytest.param(named_by_us(None, stackName=STACK, owner="me"), id="of-our-name-and-stack-without-type"),
        ],
    )
    def test_a_thing_of_the_device_is_known_by_what_it_says(self, thing):
        assert match_thing(thing, WANTED) == "the device's"

    @pytest.mark.parametrize(
        "thing",
        [
            pytest.param(own_name(joinEUI=OTHER_EUI), id="another-join-eui"),
            pytest.param(own_name(appEUI=OTHER_EUI), id="another-app-eui"),
            pytest.param(own_name(qrCode=QR_CODE.replace(JOIN_EUI, OTHER_EUI)), id="another-join-eui-on-its-label"),
            pytest.param(own_name(joinEUI="70-B3"), id="a-join-eui-that-cannot-be-read"),
            pytest.param(own_name(qrCode="LW:D0:?"), id="a-label-that-cannot-be-read"),
            pytest.param(own_name(joinEUI=ZERO), id="a-join-eui-of-zeros"),
            pytest.param(own_name(joinEUI=OTHER_EUI, stackName="another-stack"), id="of-another-stack-too"),
            pytest.param(named_by_us(devEUI=OTHER_EUI, stackName=STACK), id="of-our-name-with-another-dev-eui"),
            pytest.param(named_by_us(joinEUI=OTHER_EUI), id="of-our-name-with-another-join-eui"),
        ],
    )
    def test_a_thing_that_names_another_eui_is_another_device_s(self, thing):
        assert match_thing(thing, WANTED, evident=True) == "another device's"

    @pytest.mark.parametrize(
        "thing",
        [
            pytest.param(own_name(stackName="another-stack"), id="another-stack"),
            pytest.param(named_by_us(**ATTRIBUTES | {"stackName": "another-stack"}), id="another-stack-under-our-name"),
            pytest.param(replace(OWN_NAME, thing_type_name="pump"), id="another-type"),
            pytest.param(named_by_us("pump", **ATTRIBUTES), id="another-type-under-our-name"),
        ],
    )
    def test_a_thing_that_names_another_stack_or_type_is_another_stack_s(self, thing):
        assert match_thing(thing, WANTED, evident=True) == "another stack's"

    @pytest.mark.parametrize(
        "thing",
        [
            pytest.param(named_by_us(None, owner="me", serial="4711"), id="somebody-s-thing-that-is-named-like-it"),
            pytest.param(named_by_us(owner="me"), id="of-our-type"),
            pytest.param(named_by_us(), id="bare"),
            pytest.param(named_by_us(joinEUI=JOIN_EUI), id="with-a-join-eui-that-many-share"),
            pytest.param(named_by_us(None, devEUI=DEV_EUI, owner="me"), id="an-inventory-s-thing-of-the-device"),
            pytest.param(named_by_us(None, deviceID=DEVICE_ID), id="with-the-device-id-that-its-maker-chose"),
            pytest.param(named_by_us(deviceID="pump-b"), id="with-another-device-id"),
        ],
    )
    def test_a_thing_that_is_only_named_like_the_device_is_nobody_s_of_ours_without_evidence(self, thing):
        assert match_thing(thing, WANTED) == "another stack's"
        assert match_thing(thing, WANTED, evident=True) == "the device's"

    @pytest.mark.parametrize(
        "thing",
        [
            pytest.param(RegistryThing("pump-7", "lorawan", {"devEUI": DEV_EUI}), id="of-no-stack"),
            pytest.param(RegistryThing("pump-7", "lorawan", {"stackName": STACK}), id="of-no-device"),
        ],
    )
    def test_evidence_is_for_things_of_the_wanted_name_alone(self, thing):
        assert match_thing(thing, WANTED, evident=True) == "another stack's"

    @pytest.mark.parametrize("join_eui", ["", ZERO])
    @pytest.mark.parametrize("thing", [own_name(joinEUI=ZERO), OWN_NAME], ids=["zeros", "none"])
    def test_zeros_are_how_people_write_that_there_is_no_join_eui(self, thing, join_eui):
        assert match_thing(thing, RULES.wanted(replace(IDS, join_eui=join_eui))) == "the device's"


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        pytest.param({}, None, id="none"),
        pytest.param({"joinEUI": JOIN_EUI, "appEUI": OTHER_EUI}, JOIN_EUI, id="its-own-name-first"),
        pytest.param({"qrCode": QR_CODE}, JOIN_EUI, id="the-label-s"),
        pytest.param({"qrCode": "?", "appEUI": OTHER_EUI}, OTHER_EUI, id="the-attribute-before-the-label"),
        pytest.param({"qrCode": CODE}, "(unreadable)", id="never-the-code-on-the-label"),
    ],
)
def test_a_thing_gives_its_join_eui_in_one_of_three_ways(attributes, expected):
    assert join_eui_of(RegistryThing("pump-7", "lorawan", attributes)) == expected


def without(*names, **changes):
    attributes = {name: value for name, value in ATTRIBUTES.items() if name not in names}
    return replace(THING, **{"attributes": attributes} | changes)


class TestLost:
    @pytest.mark.parametrize(
        ("thing", "lost"),
        [
            pytest.param(THING, None, id="nothing"),
            pytest.param(without(thing_type_name=None), RegistryThing(DEV_EUI, "lorawan", {}), id="its-type"),
            pytest.param(
                without("deviceID"), RegistryThing(DEV_EUI, "lorawan", {"deviceID": DEVICE_ID}), id="an-attribute"
            ),
            pytest.param(RegistryThing(DEV_EUI, None, {}), THING, id="everything"),
            pytest.param(
                RegistryThing(DEV_EUI, "lorawan", ATTRIBUTES | {"devEUI": DEV_EUI.lower(), "cellar": "north"}),
                None,
                id="nothing-beside-attributes-of-its-user",
            ),
            pytest.param(
                without(attributes=without("joinEUI").attributes | {"appEUI": JOIN_EUI}),
                None,
                id="no-join-eui-that-it-gives-by-another-name",
            ),
        ],
    )
    def test_a_thing_that_we_made_gets_back_what_it_lost(self, thing, lost):
        assert parts_to_restore(thing, WANTED, made_by_us=True, former_id=DEVICE_ID) == lost

    @pytest.mark.parametrize(
        ("thing", "lost"),
        [
            pytest.param(OWN_NAME, None, id="nothing"),
            pytest.param(RegistryThing("pump-7", "lorawan", {}), None, id="no-attribute"),
            pytest.param(
                replace(OWN_NAME, thing_type_name=None), RegistryThing("pump-7", "lorawan", {}), id="its-type"
            ),
        ],
    )
    def test_a_thing_that_its_user_made_gets_back_its_type_alone(self, thing, lost):
        assert parts_to_restore(thing, WANTED, made_by_us=False, former_id=DEVICE_ID) == lost

    @pytest.mark.parametrize(
        ("named", "made_by_us", "lost"),
        [
            pytest.param("pump-a", True, RegistryThing(DEV_EUI, "lorawan", {"deviceID": DEVICE_ID}), id="ours"),
            pytest.param("pump-b", True, None, id="what-its-user-wrote-since"),
            pytest.param("pump-a", False, None, id="of-a-thing-that-its-user-made"),
        ],
    )
    def test_a_former_device_id_that_we_gave_gives_way_to_the_device_s_own(self, named, made_by_us, lost):
        thing = replace(THING, attributes=ATTRIBUTES | {"deviceID": named})

        assert parts_to_restore(thing, WANTED, made_by_us=made_by_us, former_id="pump-a") == lost
