"""Two registries and the pipeline between them, all in memory, and everybody who does something to them."""

import itertools
import json
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from tests.fakes.executions import FakeDeadLetters
from tests.fakes.journal import FakeJournal
from tests.fakes.permits import FakePermits
from tests.fakes.secrets import FakeDeviceSecrets
from tests.fakes.things_stack import FakeThingsStack, Held
from tests.model.functions import AT, Functions
from tests.model.interruptions import Line, Port
from tests.model.specs import SOLVED, THEIR_LABEL
from tests.model.state_machine import StateMachine
from tests.model.thing_registry import FakeThingRegistry, event_of
from tests.model.watching import Watch
from tests.samples import NWK_KEY, STACK, radio
from workflows.domain.attributes import LOCATION, NO_VALUES, DeviceKeys
from workflows.domain.decision import Policies, StackRules
from workflows.domain.device import NetworkRecord
from workflows.domain.intake import Message
from workflows.domain.planning import StackDefaults
from workflows.errors import RegistryAnswer, TransientError
from workflows.steps.dispatch import Dispatcher
from workflows.steps.ingest import Ingest

DEFAULTS = StackDefaults("EU_863_870_TTN", "1.0.3", "1.0.3-a")
THEIR_RADIO = radio("US_902_928_FSB_2", "MAC_V1_0_2", "PHY_V1_0_2_REV_B")
LATER = AT + timedelta(hours=1)
ORPHANED = {"js": DeviceKeys(NWK_KEY), "ns": NetworkRecord(THEIR_RADIO), "as": NO_VALUES}


class RememberingJournal(FakeJournal):
    """Decodes each state once: reading is what the model does most."""

    def __init__(self):
        super().__init__()
        self._decoded = {}

    def read(self, thing_id):
        snapshot = self.snapshots.get(thing_id)
        found, state = self._decoded.get(thing_id, (None, None))
        if state is None or found is not snapshot:
            state = super().read(thing_id)
            self._decoded[thing_id] = snapshot, state
        return state


class World:
    """``queue`` and ``dead_letters`` hold messages, ``published`` every event that AWS IoT ever published."""

    watch_type = Watch

    def __init__(self, *, delete_policy="Delete", adopted_devices="NamesOnly", line=None, deletions_per_hour=1000):
        self.line = line or Line()
        policies = Policies(retains=delete_policy == "Retain", writes_adopted=adopted_devices == "Write")
        self.published, self.queue, self.dead_letters = [], [], []
        self.names, self.errors = {}, {}
        self.specs, self.planted, self.lost, self.lost_claims = {}, set(), set(), set()
        self.described, self.halved = set(), set()
        self.activated_by_hand, self.keeps, self.retains = set(), adopted_devices == "NamesOnly", policies.retains
        self.things = FakeThingRegistry(self._publish)
        self.tts, self.journal = FakeThingsStack(), RememberingJournal()
        self.machine = StateMachine({})
        self.repaired = set()
        self.watch = self.watch_type(self)
        self.message_ids = (f"{number:08x}-0000-4000-8000-000000000000" for number in itertools.count())
        self.permits = FakePermits()
        ports = self.journal, self.machine, self.things, self.permits
        journal, runs, things, permits = (self._on_line(port) for port in ports)
        rules = StackRules(STACK, DEFAULTS, policies, deletions_per_hour)
        self.machine.functions = Functions(
            dispatcher=Dispatcher(journal, runs, things, rules, permits),
            registry=Port(self.line, self.tts.application(), self.watch.call),
            journal=journal,
            secrets=FakeDeviceSecrets({}),
        ).by_state() | {"DeadLetter": self._dead_letter}
        self.ingest = Ingest(runs, FakeDeadLetters(), journal, stack_name=STACK, thing_type_name="lorawan")

    def _on_line(self, port):
        return Port(self.line, port)

    def _publish(self, event):
        self.published.append(json.dumps(event))
        self.queue.append(self._message(self.published[-1]))

    def _message(self, text, execution_arn=None):
        return Message(next(self.message_ids), text, execution_arn)

    def _dead_letter(self, message):
        attributes = {name: each["StringValue"] for name, each in message["MessageAttributes"].items()}
        self.dead_letters.append((message["MessageBody"], attributes["ExecutionArn"]))
        self.errors[attributes["ExecutionArn"]] = attributes["ErrorName"]

    def create_thing(self, name, spec):
        thing_id = self.things.create(name, spec.attributes())
        self.specs[thing_id], self.names[thing_id] = spec, name

    def deleted_things(self):
        """Return the names that no thing has any more, each with what the last thing of this name said."""
        last = {self.names[thing_id]: spec for thing_id, spec in self.specs.items()}
        return [(name, spec) for name, spec in last.items() if name not in self.things.things]

    def restore_thing(self, name, spec):
        """Make the thing again as ``thingsync restore`` does: without its key or code."""
        way = "address alone" if spec.way == "abp alone" else "nothing"
        self.create_thing(name, replace(spec, way=way, malformed=False))

    def allow_removals(self):
        self.permits.grant(1000, until=LATER)

    def update_thing(self, thing, spec):
        self.specs[thing.thing_id] = spec
        self.things.update(thing.name, spec.attributes())

    def correct_things(self):
        """Users correct what was rejected; they change what somebody removed in The Things Stack, to get it back.

        One after the other, and twice: a thing may have been rejected for another that was rejected itself later.
        """
        for number, thing in enumerate(self.things.living() * 2):
            state, spec = self.journal.read(thing.thing_id), self.specs[thing.thing_id]
            if spec.stack == STACK and self._needs_its_user(state):
                corrected = spec.corrected(state.device, keeps=self.keeps)
                if not self.keeps and self._is_activated_otherwise(state.device):
                    corrected = replace(corrected, way="nothing")
                self.update_thing(thing, replace(corrected, description=f"corrected-{number}"))
                self.settle()

    def _is_activated_otherwise(self, device):
        """Somebody put a device in the place of one that was linked, and it joins or has a session as that did not.

        Which keys it takes is its owner's to say: the thing is told to take its own away.
        """
        network = self.tts.held(device.device_id).get("ns") if device and device.method == "adopted" else None
        return network is not None and network.settings.joins == device.is_abp

    def _needs_its_user(self, state):
        lost = state.device is not None and state.device.device_id in self.lost
        return lost or (state.settled is not None and state.settled.verdict == "rejected")

    def plant(self, application, record, *, parts):
        """Somebody registers a device of their own, where The Things Stack lets them.

        ``parts``: whole, its identity alone, or one that is activated by personalization (``abp``).
        """
        registry = self.tts.application(application)
        with suppress(RegistryAnswer):
            registry.create_identity(record)
            if parts == "whole":
                registry.set_join(record.ids, DeviceKeys(NWK_KEY))
            if parts != "identity":
                registry.register_on_network(record.ids, NetworkRecord(THEIR_RADIO, joins=parts == "whole"))
                self.activated_by_hand |= {(application, record.ids.device_id)} if parts == "abp" else set()
                registry.set_application(record.ids, NO_VALUES)

    def plant_orphan(self, server, ids):
        """Another tool deleted a device by half."""
        registry = self.tts.application()
        if registry.identity(ids.device_id) is None and not registry.has_record(server, ids.device_id):
            self.tts.records[server]["demo-app", ids.device_id] = Held(ids, ORPHANED[server])
            self.planted.add(ids.device_id)

    def describe(self, key):
        """Somebody gives a device a label, and The Things Stack finds out where it is."""
        record = self.tts.identities[key]
        attributes, locations = {**record.attributes, **THEIR_LABEL}, {**record.locations, **SOLVED}
        described = replace(record, attributes=attributes, locations=locations)
        self.tts.application(key[0]).update_identity(described, LOCATION, with_mark=True)
        self.described.add(key)

    def lose(self, key, *, whole):
        """Somebody deletes a device in The Things Stack, on the Identity Server alone or everywhere."""
        record = self.tts.identities.pop(key)
        self.activated_by_hand.discard(key)
        self.described.discard(key)
        self.lost.add(key[1])
        self.halved |= set() if whole else {key[1]}
        if record.without_join_server:
            self.lost_claims.add((record.ids.join_eui, record.ids.dev_eui))
        for records in self.tts.records.values():
            if whole:
                records.pop(key, None)

    def deliver_again(self, text, execution_arn=None):
        self.queue.append(self._message(text, execution_arn))

    def lose_event(self, message):
        """A rule failed, or somebody had switched registry events off."""
        self.queue.remove(message)

    def repair(self, thing):
        """The operator sends the thing as it is now, with the mark that makes it no duplicate."""
        self.repaired.add(thing.thing_id)
        event = event_of("UPDATED", thing) | {"repair": True}
        self.queue.append(self._message(json.dumps(event), execution_arn="the thing's latest"))

    def deliver(self, message, interruption=None):
        """Hand a message to Ingest; one that it could not take stays in the queue."""
        self.line.begin(interruption)
        try:
            self.ingest.start_run_for(message)
        except TransientError:
            return
        self.queue.remove(message)

    def redrive(self, message):
        self.dead_letters.remove(message)
        self.queue.append(self._message(*message))

    def step(self, run, interruption=None):
        self.line.begin(interruption)
        with self.watch.of(run):
            self.machine.step(run)

    def start_again(self, run):
        """New execution in the console, with the same input and a name of the console's choosing."""
        self.machine.start(f"console-{len(self.machine.runs)}", run.text)

    def settle(self):
        """Deliver, run and redrive everything until nothing is left to do."""
        for _ in range(40):
            for message in list(self.queue):
                self.deliver(message)
            self._run_all()
            self._recover()
            if not (self.queue or self.dead_letters or self.machine.running()):
                self.permits.grant(0, until=LATER)
                return
        raise AssertionError(f"no end: {self.dead_letters} {self.machine.running()}")

    def _run_all(self):
        for _ in range(60):
            running = self.machine.running()
            if not running:
                return
            for run in running:
                self.step(run)
        raise AssertionError(f"no end: {self.machine.running()}")

    def _recover(self):
        """Allow and redrive what failed; go on with what was aborted: in its middle or, if that was done, again."""
        self.allow_removals()
        for message in list(self.dead_letters):
            self.redrive(message)
        for number, run in enumerate(list(self.machine.runs.values())):
            if run.status == "ABORTED" and not run.restarted:
                run.restarted = True
                run.restart() if number % 2 else self.start_again(run)
