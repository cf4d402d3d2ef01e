"""Many changes of many things at one moment: whatever order the runs come in, the last version is what stays."""

import pytest

from tests.e2e.field import Simulator, Stack
from tests.e2e.test_trouble import attributes_of

THINGS = 20
UPDATES = 5


@pytest.mark.usefixtures("unhurried_retries")
def test_of_five_updates_in_quick_succession_the_last_is_what_every_device_has(
    stack: Stack, simulator: Simulator, run_id: str
):
    things = {
        f"{run_id}-{number}": attributes_of(f"70B3D577{run_id[:4].upper()}{number:04X}") for number in range(THINGS)
    }
    for thing_name, attributes in things.items():
        stack.create_thing(thing_name, attributes)
        for update in range(1, UPDATES + 1):
            stack.update_thing(thing_name, {**attributes, "name": f"Version.{update + 1}"})
    stack.wait_until_quiet()

    identities = simulator.state()["is"]
    names = {identities[f"demo-app/eui-{given['devEUI'].lower()}"]["name"] for given in things.values()}
    assert names == {f"Version.{UPDATES + 1}"}
    assert {stack.settled(thing_name)["status"] for thing_name in things} == {"registered"}
    assert stack.dead_letters() == []
