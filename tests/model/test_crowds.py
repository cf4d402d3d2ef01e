"""Many things change at once, and all changes of a thing at the same moment: each ends as its last version says."""

import random
from functools import partial

from tests.fakes.things_stack import Held
from tests.model.checking import Checks
from tests.model.specs import KEYS, PLANS, Spec
from tests.model.turns import AtOnce
from tests.model.world import World
from workflows.domain.device import NetworkRecord

SEED = 20261123
VERSIONS = 6


def spec_of(number, version):
    """Every version differs from the one before it on IS and NS, and every second one on JS."""
    return Spec(
        dev_eui=f"70B3D57E{number:08X}",
        name=f"Pump {number}",
        description=f"version-{version}",
        plan=PLANS[version % 2],
        app_key=KEYS[version // 2 % 2],
    )


def changed_in_quick_succession(things, chance, **line):
    """Return a world in which each thing was made and updated five times, and every event has started its run.

    Events come in any order, and every second one twice.
    """
    world = World(**line)
    world.machine.tries_at_most = float("inf")
    for number in range(things):
        world.create_thing(f"pump-{number}", spec_of(number, 1))
    for version in range(2, 1 + VERSIONS):
        for number in range(things):
            world.update_thing(world.things.things[f"pump-{number}"], spec_of(number, version))
    for text in world.published[::2]:
        world.deliver_again(text)
    chance.shuffle(world.queue)
    for message in list(world.queue):
        world.deliver(message)
    return world


def all_end_as_their_last_versions(world, things):
    assert len(world.machine.runs) == things * VERSIONS
    assert {run.status for run in world.machine.runs.values()} == {"SUCCEEDED"}
    assert (world.queue, world.dead_letters) == ([], [])
    assert [number for number in range(things) if not is_as_its_last_version(world, number)] == []
    Checks(world, strict=True).run()


def is_as_its_last_version(world, number):
    spec = spec_of(number, VERSIONS)
    held = world.tts.held(spec.ids.device_id)
    record, written = held.pop("is"), (spec.name, spec.description)
    network = Held(spec.ids, NetworkRecord(spec.radio))
    servers = {"js": Held(spec.ids, spec.root_keys), "ns": network, "as": Held(spec.ids)}
    return (record.ids, record.values.name, record.values.description) == (spec.ids, *written) and held == servers


def test_five_hundred_things_that_change_five_times_at_once_end_as_their_last_versions():
    things, chance = 500, random.Random(SEED)
    world = changed_in_quick_succession(things, chance)
    running = world.machine.running()

    while running:
        which = chance.randrange(len(running))
        world.step(running[which])
        if running[which].status != "RUNNING":
            running[which] = running[-1]
            running.pop()

    all_end_as_their_last_versions(world, things)


def test_the_order_of_their_very_calls_makes_no_difference():
    """Runs get between each other's calls here: between reading the snapshot and writing the fact after it."""
    things, chance = 50, random.Random(SEED)
    world = changed_in_quick_succession(things, chance, line=AtOnce(chance))

    world.line.together([partial(works_on, world, run) for run in world.machine.running()])

    all_end_as_their_last_versions(world, things)


def works_on(world, run):
    """Do a run's steps; it waits twice as long before each further try of one."""
    while run.status == "RUNNING":
        world.step(run)
        world.line.pause(2 ** min(5, max(run.tries.values(), default=0)))
