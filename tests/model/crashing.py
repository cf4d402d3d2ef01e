"""What a run asks of the outside world, and what ends the function in the middle of asking."""

from contextlib import suppress

from tests.model.interruptions import Line
from tests.model.state_machine import FunctionTimedOut
from tests.model.world import World
from workflows.errors import RegistryAnswer

SERVICES = {
    "FakeApplication": "tts",
    "FakePermits": "permits",
    "FakeThingRegistry": "iot",
    "RememberingJournal": "journal",
    "StateMachine": "runs",
}


class Recorder(Line):
    """Names every call of all functions; ``end`` comes upon the function that makes call number ``at``, from 1.

    ``moment``: before the call takes effect, or after it did, so that its answer is lost. ``begin`` is for the
    interruptions of single steps, of which there are none here.
    """

    def __init__(self, *, at=None, moment=None, end=FunctionTimedOut):
        self.names, self.at, self.moment, self.end = [], at, moment, end
        self.function, self.recording = lambda: "", False

    def begin(self, _interruption):
        pass

    def call(self, ask, arguments, named):
        if not self.recording:
            return ask(*arguments, **named)
        self.names.append(self._name(ask, arguments))
        if len(self.names) != self.at:
            return ask(*arguments, **named)
        if self.moment == "after":
            with suppress(RegistryAnswer):
                ask(*arguments, **named)
        raise self.end

    def _name(self, ask, arguments):
        servers = [each for each in arguments if each in ("js", "ns", "as")]
        service = SERVICES[type(ask.__self__).__name__]
        return "-".join([self.function(), service, ask.__name__, *servers])


def recorded_world(recorder, **parameters):
    """Return a world whose calls go through ``recorder``, once it records; ``parameters`` are its stack's."""
    world = World(line=recorder, **parameters)
    recorder.function = lambda: next((run.state for run in world.machine.running()), "Ingest")
    return world


def serve(world):
    """Run what runs, and deliver what waits in the queue, in its order, as long as anything does."""
    while world.queue or world.machine.running():
        for run in world.machine.running():
            run_to_its_end(world, run)
        if world.queue:
            with suppress(FunctionTimedOut):
                world.deliver(world.queue[0])


def run_to_its_end(world, run):
    while run.status == "RUNNING":
        world.step(run)
