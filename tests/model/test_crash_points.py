"""Whatever call of whatever change ends a function in its middle, the operator's redrive completes the change."""

from dataclasses import replace

import pytest

from tests.model.checking import Checks
from tests.model.crashing import Recorder, recorded_world, serve
from tests.model.specs import CODES, PLANS
from tests.model.state_machine import RunKilled
from tests.model.ways import NAME, WAYS
from tests.samples import JOIN_EUI, STACK
from workflows.domain.mark import Mark, mark_in
from workflows.ports.journal import Owner


def begun(way, **crash):
    """Return a world in which the change is published, and its message waits."""
    world = recorded_world(Recorder(**crash), **way.parameters)
    for dev_eui, code in CODES.items():
        world.tts.make_claimable(JOIN_EUI, dev_eui, code)
    way.before(world)
    way.change(world)
    world.line.recording = True
    return world


def calls_of(way):
    world = begun(way)
    serve(world)
    return world.line.names


# A row for each call that the change makes when nothing goes wrong, and for both moments of it.
CRASHES = {
    f"{name}-{at:02}-{call}-{moment}": (way, at, moment)
    for name, way in WAYS.items()
    for at, call in enumerate(calls_of(way), start=1)
    for moment in ("before", "after")
}
IN_A_RUN = {name: crash for name, crash in CRASHES.items() if "-Ingest-" not in name}


@pytest.mark.parametrize(("way", "at", "moment"), CRASHES.values(), ids=CRASHES)
def test_a_change_whose_function_ended_in_its_middle_is_completed_by_the_redrive(way, at, moment):
    world = begun(way, at=at, moment=moment)

    serve(world)
    messages = list(world.dead_letters)
    for message in messages:
        world.redrive(message)
    serve(world)

    # Ingest that ends lets its message be delivered again; a run that fails leaves the operator a message. A deletion
    # that is held leaves one as long as no other thing has its device.
    failed = [each for each in messages if not is_held(world, each)]
    assert len(failed) == (0 if world.line.names[at - 1].startswith("Ingest") else 1)
    the_registries_agree(world, way)


@pytest.mark.parametrize(
    "resume",
    [lambda world, run: world.start_again(run), lambda _, run: run.restart()],
    ids=["again", "from-its-middle"],
)
@pytest.mark.parametrize(("way", "at", "moment"), IN_A_RUN.values(), ids=IN_A_RUN)
def test_a_change_whose_run_was_aborted_in_its_middle_is_completed_when_it_is_started_again(*, way, at, moment, resume):
    world = begun(way, at=at, moment=moment, end=RunKilled)

    serve(world)
    [aborted] = world.machine.aborted()
    resume(world, aborted)
    serve(world)
    redrive_held(world)

    the_registries_agree(world, way)


OF_LIVING = {name: crash for name, crash in IN_A_RUN.items() if crash[0].method in ("created", "claimed")}


@pytest.mark.parametrize(("way", "at", "moment"), OF_LIVING.values(), ids=OF_LIVING)
def test_a_run_that_is_restarted_in_its_middle_leaves_what_a_later_change_has_done_meanwhile(way, at, moment):
    settings = None if way.left.settings else "given"
    later = replace(way.left, description="later", plan=PLANS[0], settings=settings)
    world = begun(way, at=at, moment=moment, end=RunKilled)
    serve(world)
    [aborted] = world.machine.aborted()
    world.update_thing(world.things.things[NAME], later)
    serve(world)

    aborted.restart()
    serve(world)
    redrive_held(world)

    the_registries_agree(world, replace(way, left=later))


def is_held(world, message):
    """Return whether the message is a deletion beyond the limit; no crash point is in the run that held it."""
    return world.errors[message[1]] == "DeletionHeldError"


def redrive_held(world):
    for message in list(world.dead_letters):
        assert is_held(world, message)
        world.redrive(message)
    serve(world)


def the_registries_agree(world, way):
    """The Things Stack holds exactly the way's device, the journal says so, and nothing is left to do."""
    thing_id = list(world.specs)[-1]
    assert (world.queue, world.dead_letters) == ([], [])
    Checks(world, strict=False).run()
    state = world.journal.read(thing_id)
    held = {} if way.left is None else world.tts.held(way.left.ids.device_id)
    assert world.journal.snapshots[thing_id]["status"] == way.status
    assert (state.device and state.device.method, state.attempt, state.busy) == (way.method, None, None)
    assert world.journal.owners == ({way.left.ids.device_id: Owner(thing_id, NAME)} if way.method else {})
    assert held == ({} if way.left is None else way.servers(mark_of(held["is"], thing_id)))
    assert devices(world) == dict.fromkeys(held, 1)
    keys = way.left and way.left.session_keys
    assert world.tts.session_keys == ({("demo-app", way.left.ids.device_id): keys.given()} if keys else {})
    assert list(world.tts.claims) == ([(JOIN_EUI, way.left.dev_eui)] if way.left and way.left.way == "code" else [])


def mark_of(record, thing_id):
    """The mark that the device must bear: of its thing, and of one of the runs."""
    found = mark_in(record.attributes)
    return Mark(STACK, thing_id, found.run if found else "")


def devices(world):
    """How many devices each server has, of those that have any."""
    counted = {"is": len(world.tts.identities)} | {server: len(held) for server, held in world.tts.records.items()}
    return {server: count for server, count in counted.items() if count}
