"""A thing that changed while The Things Stack was away, and an operator who redrives what became of that."""

import json
import random

from operate.replaying import with_current_facts
from operate.views.failures import failure_of
from operate.views.messages import classify, expected_outcomes
from operate.views.replay import result_of
from tests.journal_samples import START
from tests.model.interruptions import Interruption
from tests.model.specs import KEYS, NOWHERE, PLANS, Spec
from tests.model.thing_registry import event_of
from tests.model.world import World
from workflows.domain.fold import status_of

NAME = "pump-1"
CALLS_THE_THINGS_STACK = {"CreateDevice", "UpdateDevice", "RemoveDevice", "UndoDevice"}


def calm(_run, _chance):
    """Nothing goes wrong."""


def outage(run, _chance):
    """The Things Stack does not answer; the journal does."""
    return Interruption(2, "broken", "before") if run.state in CALLS_THE_THINGS_STACK else None


def flapping(run, chance):
    return outage(run, chance) if chance.random() < 0.7 else None


def storm(run, chance):
    """Anything may break, and now and then a run is killed."""
    if chance.random() < 0.6:
        return flapping(run, chance)
    error = chance.choice(["broken", "broken", "denied", "timeout", "killed"])
    return Interruption(chance.randint(1, 5), error, chance.choice(["before", "after"]))


class Redrive:
    """``before`` and ``after`` say what breaks before the operator redrives and after that; all else is by chance."""

    def __init__(self, seed, *, before, after):
        self.chance, self.world = random.Random(seed), World()
        self.change_the_thing()
        self.serve(before)
        self.told = None
        self.planned = self.redrive_all()
        self.serve(after, look=self.look)

    def change_the_thing(self):
        """Every event may come several times, and the operator may have tried before."""
        self.world.create_thing(NAME, self.spec())
        thing = self.world.things.things[NAME]
        self.thing_id = thing.thing_id
        for _ in range(self.chance.randrange(5)):
            self.world.update_thing(thing, self.spec())
        if self.chance.random() < 0.3:
            self.world.things.delete(NAME, telling=self.chance.random() < 0.5)
        elif self.chance.random() < 0.5:
            self.world.deliver_again(json.dumps(event_of("UPDATED", thing)))
        for text in self.chance.sample(self.world.published, self.chance.randrange(2)):
            self.world.deliver_again(text)

    def spec(self):
        chance = self.chance
        plan = chance.choice([*PLANS, *PLANS, NOWHERE])
        return Spec(name=chance.choice(["Pump", "Valve"]), plan=plan, app_key=chance.choice(KEYS))

    def redrive_all(self):
        """Return what the command waits for; None if it has nothing to wait for."""
        attributes = [{"ErrorName": "any", "ExecutionArn": arn} for _, arn in self.world.dead_letters]
        bodies = [body for body, _ in self.world.dead_letters]
        found = [
            (classify(str(number), body, more, START), self.state)
            for number, (body, more) in enumerate(zip(bodies, attributes, strict=True))
        ]
        self.chance.shuffle(found)
        planned = with_current_facts(self.world.journal, expected_outcomes(found))
        for letter in list(self.world.dead_letters):
            self.world.redrive(letter)
        return planned[0] if planned else None

    def serve(self, interruption, look=lambda: None):
        """Deliver messages and let runs step, in whatever order, and look after each."""
        while self.world.queue or self.world.machine.running():
            running = self.world.machine.running()
            if running and (not self.world.queue or self.chance.random() < 0.7):
                run = self.chance.choice(running)
                self.world.step(run, interruption(run, self.chance))
            else:
                self.world.deliver(self.chance.choice(self.world.queue))
            look()

    def look(self):
        if self.planned and self.told is None:
            self.told = self.result_of()

    def result_of(self, *, can_wait=True):
        """Return what the command would tell now, and by which error."""
        history = self.world.journal
        result = result_of(self.planned, self.state, lambda: history.recent(self.thing_id), can_wait=can_wait)
        return result and (result.outcome, result.error_name)

    def is_told_in_the_end(self):
        """Tell whether whoever has no patience any more is told where the thing stands, if a run has said so."""
        told, unheard = self.result_of(can_wait=False), self.stands[0] == "in flight" or self.world.machine.aborted()
        return told == self.stands or (told is None and unheard)

    @property
    def state(self):
        return self.world.journal.read(self.thing_id)

    @property
    def stands(self):
        """Where the thing stands, and by which error, as ``thingsync status`` tells it."""
        [snapshot] = self.world.journal.named(NAME)
        trouble = failure_of(snapshot, self.world.journal.recent(self.thing_id))
        return status_of(self.state), trouble.error_name if trouble else None
