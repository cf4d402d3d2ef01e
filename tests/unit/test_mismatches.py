"""Why a device gets no thing: which thing or stack is in the way, and never what a user wrote in a wrong place."""

from dataclasses import replace

import pytest

from tests.ports.mirrored_things import ATTRIBUTES, THING
from tests.samples import APP_KEY, DEV_EUI, DEVICE_ID, JOIN_EUI, OTHER_STACK, QR_CODE, STACK
from workflows.domain.device import DeviceIds
from workflows.domain.mirroring import MirrorRules, RegistryThing
from workflows.domain.mismatches import (
    device_of_another_stack,
    id_of_another_device,
    name_of_another_device,
    thing_of_a_living_device,
    thing_of_another_stack,
)

IDS = DeviceIds(DEVICE_ID, DEV_EUI, JOIN_EUI)
WANTED = MirrorRules(STACK, "lorawan", "DevEUI").wanted(IDS)
OTHER_EUI = "70B3D57ED0059999"


@pytest.mark.parametrize(
    ("thing", "text"),
    [
        pytest.param(
            {"attributes": ATTRIBUTES | {"stackName": "another-stack"}}, "stackName another-stack", id="stack"
        ),
        pytest.param({"attributes": {"devEUI": DEV_EUI}}, "stackName (it names none)", id="no-stack"),
        pytest.param({"thing_type_name": "pump"}, "thing type pump", id="type"),
        pytest.param({"thing_type_name": None, "attributes": {}}, "devEUI (none) and thing type none", id="nothing"),
    ],
)
def test_a_thing_of_another_stack_is_reported_with_what_it_says(thing, text):
    error = thing_of_another_stack(replace(THING, **thing), WANTED)

    assert f"DevEUI {DEV_EUI} is registered for mismatching stack: thing {DEV_EUI} has stackName" in str(error)
    assert text in str(error)
    assert error.thing_name == DEV_EUI


def test_a_device_that_bears_another_stack_s_mark_is_reported_with_both_ways_out():
    error = device_of_another_stack(OTHER_STACK, WANTED)

    assert f"Device {DEVICE_ID} has the mark of stack another-stack" in str(error)
    assert f"set that thing's stackName to {STACK}" in str(error)
    assert "remove the attributes aws-stack, aws-thing-id and aws-run from the device" in str(error)
    assert error.thing_name is None


@pytest.mark.parametrize(
    ("attributes", "known", "euis"),
    [
        pytest.param({"devEUI": DEV_EUI, "joinEUI": OTHER_EUI}, None, (DEV_EUI, OTHER_EUI), id="what-the-thing-says"),
        pytest.param({}, None, ("(none)", "(none)"), id="nothing"),
        pytest.param(
            {"devEUI": DEV_EUI}, DeviceIds("a", DEV_EUI, OTHER_EUI), (DEV_EUI, OTHER_EUI), id="what-the-journal-says"
        ),
        pytest.param({"devEUI": DEV_EUI, "joinEUI": APP_KEY}, None, (DEV_EUI, "(malformed)"), id="never-a-key"),
        pytest.param({"devEUI": APP_KEY, "qrCode": QR_CODE}, None, ("(malformed)", JOIN_EUI), id="never-a-code"),
    ],
)
def test_a_name_that_is_taken_is_reported_with_the_euis_of_whose_it_is(attributes, known, euis):
    error = name_of_another_device(RegistryThing(DEV_EUI, "lorawan", attributes), WANTED, known)

    assert f"Device {DEVICE_ID} with DevEUI {DEV_EUI} and JoinEUI {JOIN_EUI} sends" in str(error)
    assert f"(devEUI {euis[0]}, joinEUI {euis[1]})" in str(error)
    assert error.thing_name == DEV_EUI


def test_two_living_devices_with_the_same_euis_are_reported():
    error = thing_of_a_living_device("pump-7", "pump-a", replace(IDS, join_eui=""))

    assert f"Device {DEVICE_ID} with DevEUI {DEV_EUI} and JoinEUI (none) sends. Thing pump-7" in str(error)
    assert "has device pump-a" in str(error)
    assert error.thing_name == "pump-7"


def test_an_id_that_is_another_device_s_now_is_reported_with_the_way_out():
    error = id_of_another_device("pump-7", IDS, replace(IDS, join_eui=OTHER_EUI))

    assert f"had DevEUI {DEV_EUI} and JoinEUI {JOIN_EUI}" in str(error)
    assert f"now has DevEUI {DEV_EUI} and JoinEUI {OTHER_EUI}" in str(error)
    assert "Delete the thing: the device stays" in str(error)
    assert error.thing_name == "pump-7"
