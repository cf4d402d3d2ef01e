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
        self.reported = None
        self.planned = self.redrive_all()
        self.serve(after, inspect=self.inspect)

    def change_the_thing(self):
        """Every event may come several times, and the operator may have tried before."""
        self.world.create_thing(NAME, self.spec())
        thing = self.world.things.things[NAME]
        self.thing_id = thing.thing_id
        for _ in range(self.chance.randrange(5)):
            self.world.update_thing(thing, self.spec())
        if self.chance.random() < 0.3:
            self.world.things.delete(NAME, with_attributes=self.chance.random() < 0.5)
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
        for message in list(self.world.dead_letters):
            self.world.redrive(message)
        return planned[0] if planned else None

    def serve(self, interruption, inspect=lambda: None):
        """Deliver messages and let runs step, in whatever order, and inspect after each."""
        while self.world.queue or self.world.machine.running():
            running = self.world.machine.running()
            if running and (not self.world.queue or self.chance.random() < 0.7):
                run = self.chance.choice(running)
                self.world.step(run, interruption(run, self.chance))
            else:
                self.world.deliver(self.chance.choice(self.world.queue))
            inspect()

    def inspect(self):
        if self.planned and self.reported is None:
            self.reported = self.result_of()

    def result_of(self, *, can_wait=True):
        """Return the outcome that the command would report now, and the error's name."""
        history = self.world.journal
        result = result_of(self.planned, self.state, lambda: history.recent(self.thing_id), can_wait=can_wait)
        return result and (result.outcome, result.error_name)

    def is_reported_in_the_end(self):
        """Return whether a command whose timeout is over reports the thing's status, if a run has recorded one."""
        reported, unheard = (
            self.result_of(can_wait=False),
            self.status[0] == "in flight" or self.world.machine.aborted(),
        )
        return reported == self.status or (reported is None and unheard)

    @property
    def state(self):
        return self.world.journal.read(self.thing_id)

    @property
    def status(self):
        """The thing's status, and its error's name, as ``thingsync status`` shows them."""
        [snapshot] = self.world.journal.named(NAME)
        failure = failure_of(snapshot, self.world.journal.recent(self.thing_id))
        return status_of(self.state), failure.error_name if failure else None
