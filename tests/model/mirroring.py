"""MirrorDevice beside the pipeline: devices that send, and everybody who does something between its calls."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from tests.model.interruptions import Line, Port
from tests.model.state_machine import FunctionTimedOut, RunKilled
from tests.model.watching import Watch
from tests.model.world import World
from tests.samples import JOIN_EUI, STACK, identity_record
from workflows.domain.activity import Activity
from workflows.domain.device import DeviceIds
from workflows.domain.mirroring import MirrorRules, RegistryThing
from workflows.errors import SyncError, ThingExistsAnswer
from workflows.ports.mirroring import MirroredThings
from workflows.steps.checking import CHECK_EVERY_S, CHECKS_AT_ONCE, Checker
from workflows.steps.door import PASS_EVERY_S, Door
from workflows.steps.finding import Finder
from workflows.steps.linker import Linker
from workflows.steps.mirror import Mirror
from workflows.steps.recent import RateLimiter, Recent

AT = datetime(2026, 1, 1, tzinfo=UTC)


def ids_of(dev_eui):
    return DeviceIds(f"eui-{dev_eui.lower()}", dev_eui, JOIN_EUI)


class ThingsOfTheModel(MirroredThings):
    """``registry`` is the model's; all its things are of type lorawan."""

    def __init__(self, registry):
        self._registry = registry

    def with_dev_eui(self, dev_eui):
        found = [each for each in self._registry.living() if each.attributes.get("devEUI") == dev_eui]
        return [replace(_listed(thing), thing_id=None) for thing in found]

    def thing(self, thing_name):
        thing = self._registry.things.get(thing_name)
        return thing and _listed(thing)

    def create(self, thing):
        there = self._registry.things.get(thing.thing_name)
        if there is None:
            return self._registry.create(thing.thing_name, thing.attributes)
        if there.attributes != dict(thing.attributes):
            raise ThingExistsAnswer(thing.thing_name)
        return there.thing_id

    def repair(self, thing):
        there = self._registry.things.get(thing.thing_name)
        if there is not None:
            self._registry.update(thing.thing_name, there.attributes | dict(thing.attributes))
        return there is not None


def _listed(thing):
    return RegistryThing(thing.name, "lorawan", dict(thing.attributes), thing.thing_id)


class OpenLine(Line):
    """``meanwhile``: at which call (from 1) something else happens first, and what."""

    meanwhile: tuple[int, Callable] = (0, lambda: None)

    def call(self, ask, arguments, named):
        at, happens = self.meanwhile
        if at == self.calls + 1:
            happens()
        return super().call(ask, arguments, named)


class MirroringWatch(Watch):
    """A device that a thing was made from is ours, too, though it bears no mark."""

    def _is_ours(self, record):
        known = self._working.get().data["decision"].get("known")
        return super()._is_ours(record) or (known is not None and _is_the_mirrored(known, record))


def _is_the_mirrored(known, record):
    return (known["method"], known["device_id"]) == ("mirrored", record.ids.device_id)


class MirroringWorld(World):
    """``activities`` are the messages that passed the door and wait for MirrorDevice.

    Every message is processed by a new instance.
    """

    watch_type = MirroringWatch

    def __init__(self, **more):
        super().__init__(**more)
        self.activities, self.mirror_line = [], OpenLine()

    def register(self, dev_eui):
        """Somebody registers a device in the application."""
        self.plant("demo-app", identity_record(ids_of(dev_eui), "Theirs", ""), parts="whole")

    def ids_now(self, dev_eui):
        """Return the IDs under which The Things Stack has the device; None if it has none."""
        records = [each.ids for (application, _), each in self.tts.identities.items() if application == "demo-app"]
        return next((ids for ids in records if ids.euis_match(ids_of(dev_eui))), None)

    def removed(self, dev_eui):
        """Somebody removes the device, under whatever ID it is there."""
        ids = self.ids_now(dev_eui)
        if ids is not None:
            self.lose(("demo-app", ids.device_id), whole=True)

    def register_again(self, dev_eui):
        """Somebody removes the device and registers it again, under the other of two IDs."""
        before = self.ids_now(dev_eui)
        self.removed(dev_eui)
        usual = ids_of(dev_eui)
        ids = replace(usual, device_id=f"again-{dev_eui[-4:]}") if before == usual else usual
        self.plant("demo-app", identity_record(ids, "Theirs again", ""), parts="whole")

    def send(self, dev_eui):
        ids = self.ids_now(dev_eui) or ids_of(dev_eui)
        activity = Activity("demo-app", ids.device_id, ids.dev_eui, ids.join_eui)
        if not self._door().ends(activity):
            self.activities.append(activity)

    def mirror_device(self, activity, interruption=None, meanwhile=(0, None)):
        """Hand a message to MirrorDevice; one that it could not handle stays."""
        self.mirror_line.begin(interruption)
        self.mirror_line.meanwhile = meanwhile
        try:
            self._mirror().ensure_thing(activity)
        except (SyncError, FunctionTimedOut, RunKilled):
            return
        if activity in self.activities:
            self.activities.remove(activity)

    def settle(self):
        """Process what waits, and let the pipeline come to rest; a thing that was made may cause more."""
        super().settle()
        while self.activities:
            self.mirror_device(self.activities[0])
            super().settle()

    def _door(self):
        """Return a new instance that lets no known device pass: things must have their devices without that."""
        limiter = RateLimiter(lambda: 0.0, every_s=PASS_EVERY_S, most=0)
        return Door(self.journal, Recent(lambda: 0.0, 1), limiter, lambda _error: None)

    def _mirror(self):
        registry, things, journal = (
            Port(self.mirror_line, port)
            for port in (self.tts.application(), ThingsOfTheModel(self.things), self.journal)
        )
        rules, allowance = (
            MirrorRules(STACK, "lorawan", "DevEUI"),
            RateLimiter(lambda: 0.0, every_s=CHECK_EVERY_S, most=CHECKS_AT_ONCE),
        )
        return Mirror(
            registry=registry,
            things=things,
            journal=journal,
            finder=Finder(things, journal),
            linker=Linker(journal, registry, lambda: AT, lambda _link: None),
            checker=Checker(registry, things, journal, rules, allowance, lambda *_restored: None),
            rules=rules,
            recent=Recent(lambda: 0.0, 1),
            on_refused=lambda _error, _activity: None,
        )
