"""A device stays its thing's when it is registered again, and only its own; a thing that lost its type has it again."""

from typing import Any

from tests.e2e.field import Simulator, Stack, eventually
from tests.e2e.test_mirror import JOIN_EUI, register, sends, thing
from tests.e2e.test_trouble import attributes_of

OTHER_EUI = "70B3D57ED0000002"


def removed(simulator: Simulator, device_id: str) -> None:
    """Somebody removes a device in the Console of The Things Stack."""
    for server in ("as/", "ns/", "js/", ""):
        if f"demo-app/{device_id}" in simulator.state()[server.strip("/") or "is"]:
            simulator.call("DELETE", f"{server}applications/demo-app/devices/{device_id}")


def line_that_says(stack: Stack, thing_name: str, text: str) -> dict[str, Any]:
    """Wait for a line of the thing's log."""
    return eventually(
        lambda: next((line for line in stack.log_lines(thing_name) if text in str(line)), None),
        f"{text} in {thing_name}",
    )


def test_a_device_that_is_registered_again_under_another_id_stays_its_thing_s(
    stack: Stack, simulator: Simulator, run_id: str
):
    device_id, dev_eui = register(simulator, run_id)
    sends(simulator, device_id)
    stack.settled(dev_eui)

    removed(simulator, device_id)
    again = simulator.register(f"again-{run_id}", dev_eui, JOIN_EUI, name="By hand")
    sends(simulator, again)
    line = line_that_says(stack, dev_eui, f"device {device_id} is gone")
    shadow = eventually(
        lambda: found if (found := stack.settled(dev_eui))["deviceId"] == again else None, "the new ID in the shadow"
    )
    stack.outcome(dev_eui, "UPDATED", 2)

    made = thing(stack, dev_eui)
    assert made is not None
    assert made["attributes"]["deviceID"] == again
    assert (line["outcome"], line["deviceId"]) == ("registered", again)
    assert (shadow["status"], shadow["method"]) == ("registered", "mirrored")


def test_a_second_device_with_the_same_dev_eui_is_reported_in_the_log_of_the_first_one_s_thing(
    stack: Stack, simulator: Simulator, run_id: str
):
    device_id, dev_eui = register(simulator, run_id)
    sends(simulator, device_id)
    stack.settled(dev_eui)

    second = simulator.register(f"second-{run_id}", dev_eui, OTHER_EUI, name="By hand")
    sends(simulator, second)
    line = line_that_says(stack, dev_eui, "MismatchingDeviceError")

    made = thing(stack, dev_eui)
    assert made is not None
    assert made["attributes"]["joinEUI"] == JOIN_EUI
    assert (line["deviceId"], line["outcome"]) == (second, "rejected")
    assert stack.settled(dev_eui)["deviceId"] == device_id


def test_somebody_s_thing_that_is_named_like_a_device_stays_theirs(stack: Stack, simulator: Simulator, run_id: str):
    device_id, dev_eui = register(simulator, run_id)
    theirs = {"owner": "somebody", "serial": "4711"}
    stack.iot.create_thing(thingName=dev_eui, attributePayload={"attributes": theirs})

    sends(simulator, device_id)
    line_that_says(stack, dev_eui, "MismatchingStackError")

    found = thing(stack, dev_eui)
    assert found is not None
    assert (found.get("thingTypeName"), found["attributes"]) == (None, theirs)


def test_a_thing_that_lost_its_type_has_it_again_when_its_device_joins(stack: Stack, simulator: Simulator, run_id: str):
    """Without its type no event of it would arrive. Of uplinks only some pass the door."""
    dev_eui = f"70B3DDDD{run_id.upper()}"
    stack.create_thing(run_id, attributes_of(dev_eui))
    device_id = stack.settled(run_id)["deviceId"]
    stack.iot.update_thing(thingName=run_id, removeThingType=True)

    sends(simulator, device_id, "join")
    line_that_says(stack, run_id, "the thing had lost its thing type")

    found = thing(stack, run_id)
    assert found is not None
    assert found["thingTypeName"] == "lorawan"
