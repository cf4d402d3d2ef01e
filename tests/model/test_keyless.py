"""Keys go from things: what may come between, case by case, where chance would find it too rarely."""

from dataclasses import replace

import pytest

from tests.model.checking import Checks
from tests.model.interruptions import Interruption
from tests.model.specs import CODES, DEV_EUIS, KEYS, Spec
from tests.model.world import World
from tests.samples import JOIN_EUI

WAYS = ("keys", "keys 1.1", "abp", "abp alone", "code")


@pytest.fixture
def world():
    world = World(keys_on_things="Remove")
    for dev_eui, code in CODES.items():
        world.tts.make_claimable(JOIN_EUI, dev_eui, code)
    return world


def finished(world, **how):
    world.settle()
    Checks(world, **{"strict": True} | how).run()


def settle_without_stream(world):
    for message in list(world.queue):
        world.deliver(message)
    run_all(world)


def run_all(world):
    while running := world.machine.running():
        for run in running:
            world.step(run)


@pytest.mark.parametrize("way", WAYS)
def test_the_device_is_the_same_with_and_without_keys_on_its_thing(world, way):
    keeping = World()
    keeping.tts.make_claimable(JOIN_EUI, DEV_EUIS[0], CODES[DEV_EUIS[0]])
    for each in (world, keeping):
        each.create_thing("pump-1", Spec(way=way))
        finished(each)

    assert world.tts.identities == keeping.tts.identities
    assert (world.tts.records, world.tts.session_keys) == (keeping.tts.records, keeping.tts.session_keys)


@pytest.mark.parametrize("way", WAYS)
def test_one_more_event_comes_and_nothing_after_it(world, way):
    world.create_thing("pump-1", Spec(way=way))
    finished(world)

    assert [thing.version for thing in world.things.living()] == [2]
    assert len(world.machine.runs) == 2


@pytest.mark.parametrize("last_first", [False, True])
@pytest.mark.parametrize("way", ["keys", "abp"])
def test_a_new_key_is_not_removed_before_its_own_event_is_settled(world, way, last_first):
    world.create_thing("pump-1", Spec(way=way))
    settle_without_stream(world)
    [thing] = world.things.living()
    world.update_thing(thing, Spec(way=way, app_key=KEYS[1]))
    world.read_stream(thing.thing_id)
    for message in world.queue[:: -1 if last_first else 1]:
        world.deliver(message)
        run_all(world)

    finished(world)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("at", [1, 2, 3])
def test_a_crash_at_any_call_is_made_good_by_the_next_delivery(world, at, moment):
    world.create_thing("pump-1", Spec())
    settle_without_stream(world)
    [thing] = world.things.living()

    world.read_stream(thing.thing_id, Interruption(at, "broken", moment))

    assert world.unread_things() == [thing.thing_id]
    finished(world)


@pytest.mark.parametrize("way", WAYS)
def test_a_device_that_is_lost_needs_its_keys_again(world, way):
    world.create_thing("pump-1", Spec(way=way))
    finished(world)
    [thing] = world.things.living()
    [key] = world.tts.identities
    world.lose(key, whole=True)
    world.repair(thing)
    world.settle()
    rejected = world.journal.read(thing.thing_id).settled

    world.update_thing(thing, Spec(way=way))
    finished(world)

    assert (rejected.verdict, rejected.error_name) == ("rejected", "InvalidThingError")
    assert "is missing" in rejected.message


def test_an_old_event_with_keys_that_comes_again_changes_nothing(world):
    world.create_thing("pump-1", Spec())
    finished(world)
    [thing] = world.things.living()
    world.update_thing(thing, Spec(app_key=KEYS[1]))
    finished(world)
    world.deliver_again(world.published[0])

    finished(world)


def test_a_repair_of_a_thing_without_keys_leaves_those_of_the_device(world):
    world.create_thing("pump-1", replace(Spec(), name="Pump 1"))
    finished(world)
    world.repair(world.things.living()[0])

    finished(world)
