"""What the random programs have found, each as the shortest program that shows it."""

from dataclasses import replace

import pytest

from tests.model.checking import Checks
from tests.model.interruptions import Interruption
from tests.model.specs import CODES, DEV_EUIS, NOWHERE, OTHER_STACK, Spec
from tests.model.world import World
from tests.samples import JOIN_EUI
from workflows.domain.device import DeviceIds, IdentityRecord
from workflows.domain.mark import mark_in

DEVICE_ID = f"eui-{DEV_EUIS[0].lower()}"


def world(delete_policy="Delete", adopted_devices="NamesOnly"):
    made = World(delete_policy=delete_policy, adopted_devices=adopted_devices)
    for dev_eui, code in CODES.items():
        made.tts.make_claimable(JOIN_EUI, dev_eui, code)
    return made


def registered(made, spec, name="pump-1"):
    made.create_thing(name, spec)
    made.settle()
    return made.things.things[name]


def settled(made):
    """Let everything come to rest, and hold both registries to each other."""
    made.settle()
    Checks(made, strict=False).run()
    return {each.name: made.journal.read(each.thing_id) for each in made.things.living()}


def test_a_dead_run_whose_device_was_taken_cannot_go_on_where_it_stood():
    made = world()
    registered(made, Spec())
    made.things.delete("pump-1", with_attributes=True)
    [deletion] = made.queue
    made.create_thing("pump-1", Spec())
    made.deliver(made.queue[-1])
    [taker] = made.machine.running()
    made.step(taker)
    taker.status = "ABORTED"
    made.deliver(deletion)
    made.step(made.machine.running()[0])

    taker.restart()
    states = settled(made)

    assert states["pump-1"].device.device_id == DEVICE_ID
    assert made.journal.owner(DEVICE_ID).thing_id == made.things.things["pump-1"].thing_id


def test_a_retained_device_is_not_removed_for_a_thing_of_other_euis():
    made = world("Retain")
    registered(made, Spec(named="pump-a"))
    made.things.delete("pump-1", with_attributes=True)
    made.settle()
    before = made.tts.held("pump-a")

    made.create_thing("pump-2", Spec(named="pump-a", dev_eui=DEV_EUIS[1]))
    states = settled(made)

    assert states["pump-2"].settled.verdict == "rejected"
    assert made.tts.held("pump-a") == before


def test_a_retained_device_is_taken_up_under_its_own_id_by_a_thing_of_the_same_euis():
    made = world("Retain")
    registered(made, Spec(named="pump-a", name="Pump"))
    made.things.delete("pump-1", with_attributes=True)
    made.settle()

    made.create_thing("pump-2", Spec(name="Valve"))
    states = settled(made)

    assert (states["pump-2"].device.method, states["pump-2"].device.device_id) == ("adopted", "pump-a")
    assert made.tts.held("pump-a")["is"].values.name == "Pump"


def test_a_device_that_was_given_away_and_adopted_by_another_thing_is_not_removed_when_its_first_thing_comes_back():
    made = world()
    first = registered(made, Spec())
    made.update_thing(first, Spec(stack=OTHER_STACK))
    made.settle()
    registered(made, Spec(), name="pump-2")

    made.update_thing(first, replace(Spec(), named="pump-a"))
    states = settled(made)

    assert (states["pump-1"].settled.verdict, states["pump-1"].device) == ("rejected", None)
    assert states["pump-2"].device.method == "adopted"
    assert {"is", "js", "ns", "as"} <= made.tts.held(DEVICE_ID).keys()


def test_what_is_half_made_for_a_thing_that_is_rejected_since_waits_for_its_correction():
    made = world()
    made.create_thing("pump-1", Spec())
    made.deliver(made.queue[0])
    [run] = made.machine.running()
    made.step(run)
    made.step(run, Interruption(at=3, error="denied", moment="after"))
    thing = made.things.things["pump-1"]
    made.update_thing(thing, Spec(malformed=True))

    rejected = settled(made)["pump-1"]
    half_made = made.tts.held(DEVICE_ID)
    made.update_thing(thing, Spec())
    corrected = settled(made)["pump-1"]

    assert (rejected.settled.verdict, rejected.attempt.device_ids) == ("rejected", (DEVICE_ID,))
    assert half_made.keys() == {"is", "js"}
    assert corrected.device.device_id == DEVICE_ID


def test_what_is_left_of_a_device_that_somebody_removed_by_half_stays_in_the_way_of_somebodys_next():
    made = world("Retain")
    made.plant("demo-app", IdentityRecord(DeviceIds("pump-a", DEV_EUIS[0], JOIN_EUI)), parts="whole")
    made.lose(("demo-app", "pump-a"), whole=False)
    left = made.tts.held("pump-a")
    made.plant("demo-app", IdentityRecord(Spec().ids), parts="identity")

    thing = registered(made, Spec())
    made.correct_things()
    Checks(made, strict=True).run()
    state = made.journal.read(thing.thing_id)

    assert (state.settled.verdict, state.device, state.attempt) == ("rejected", None, None)
    assert made.tts.held("pump-a") == left
    assert left.keys() == {"js", "ns", "as"}

    for server in left:
        made.tts.application().delete_record(server, "pump-a")
    made.update_thing(thing, Spec(description="tried again"))

    assert settled(made)["pump-1"].device.method == "adopted"


def test_what_is_left_of_a_things_own_device_is_in_the_way_of_nobodys():
    made = world()
    thing = registered(made, Spec())
    made.lose(("demo-app", DEVICE_ID), whole=False)
    made.plant("demo-app", IdentityRecord(DeviceIds("pump-a", DEV_EUIS[0], JOIN_EUI)), parts="identity")

    made.update_thing(thing, Spec(description="in the cellar"))
    states = settled(made)

    assert (states["pump-1"].device.method, states["pump-1"].device.device_id) == ("adopted", "pump-a")
    assert made.tts.held("pump-a").keys() == {"is", "js", "ns", "as"}
    assert made.tts.held(DEVICE_ID) == {}


@pytest.mark.parametrize("delete_policy", ["Delete", "Retain"])
def test_what_is_half_made_again_of_an_adopted_device_that_was_lost_goes_with_its_thing(delete_policy):
    made = world(delete_policy)
    made.plant("demo-app", IdentityRecord(Spec().ids), parts="whole")
    thing = registered(made, Spec(plan=NOWHERE))
    made.lose(("demo-app", DEVICE_ID), whole=True)
    made.repair(thing)
    rejected = settled(made)["pump-1"]
    half_made = made.tts.held(DEVICE_ID)

    made.things.delete("pump-1", with_attributes=True)
    settled(made)

    assert (rejected.settled.verdict, rejected.device.method) == ("rejected", "adopted")
    assert half_made.keys() == {"is", "js"}
    assert made.tts.held(DEVICE_ID) == {}


def world_with_a_retained_device():
    """The device ``pump-a`` is retained, and a new thing writes it again."""
    made = world("Retain", adopted_devices="Write")
    registered(made, Spec(named="pump-a", name="Pump"))
    made.things.delete("pump-1", with_attributes=True)
    made.settle()
    return made


def begun(made, name, spec):
    """Create the thing, and let its run get as far as the registration."""
    made.create_thing(name, spec)
    made.deliver(made.queue[-1])
    run = made.machine.running()[-1]
    made.step(run)
    return run


@pytest.mark.parametrize("first", [0, 1])
def test_of_two_things_that_take_up_the_same_retained_device_at_once_one_writes_it_and_the_other_is_rejected(first):
    made = world_with_a_retained_device()
    runs = [begun(made, "pump-2", Spec()), begun(made, "pump-3", Spec(named="pump-b"))]
    for run in (runs[first], runs[1 - first]):
        made.step(run)

    states = settled(made)

    device = states[f"pump-{first + 2}"].device
    mark = mark_in(made.tts.held("pump-a")["is"].attributes)
    assert (device.method, device.device_id, device.run) == ("created", "pump-a", mark.run)
    assert (states[f"pump-{3 - first}"].settled.verdict, states[f"pump-{3 - first}"].device) == ("rejected", None)


# The step makes eleven calls. The last one writes the record with its mark.
@pytest.mark.parametrize("at", range(1, 12))
def test_a_take_up_that_broke_off_is_completed_by_the_next_run(at):
    made = world_with_a_retained_device()
    made.step(begun(made, "pump-2", Spec()), Interruption(at=at, error="killed", moment="after"))

    device = settled(made)["pump-2"].device

    assert (device.method, device.device_id) == ("created", "pump-a")


@pytest.mark.parametrize("at", range(1, 12))
def test_a_take_up_that_broke_off_leaves_the_device_when_its_thing_is_deleted(at):
    made = world_with_a_retained_device()
    run = begun(made, "pump-2", Spec())
    made.step(run, Interruption(at=at, error="denied", moment="after"))
    made.step(run)
    made.things.delete("pump-2", with_attributes=True)
    made.settle()

    assert made.tts.held("pump-a").keys() == {"is", "js", "ns", "as"}
    assert made.journal.owners == {}

    registered(made, Spec(named="pump-b"), name="pump-3")

    assert settled(made)["pump-3"].device.device_id == "pump-a"
