"""MirrorDevice with everything around it in memory."""

from collections import Counter

from tests.activity_samples import ACTIVITY
from tests.fakes.journal import FakeJournal
from tests.fakes.mirrored_things import FakeMirroredThings
from tests.fakes.notifying import FakeShadow, FakeThingLog
from tests.fakes.things_stack import FakeThingsStack
from tests.journal_samples import START
from tests.samples import DEV_EUI, DEVICE_ID, JOIN_EUI, STACK, identity_record
from workflows.domain.device import DeviceIds
from workflows.domain.mirroring import MirrorRules
from workflows.steps.checking import CHECK_EVERY_S, CHECKS_AT_ONCE, Checker
from workflows.steps.finding import Finder
from workflows.steps.linker import Linker
from workflows.steps.mirror import DEVICES_REMEMBERED, Mirror
from workflows.steps.recent import RateLimiter, Recent
from workflows.steps.shadow_writing import ShadowWriter
from workflows.steps.thing_notifier import ThingNotifier

IDS = DeviceIds(DEVICE_ID, DEV_EUI, JOIN_EUI)


class CountingJournal(FakeJournal):
    """``asked``: how often the owner of each device was read."""

    def __init__(self):
        super().__init__()
        self.asked = Counter()

    def owner(self, device_id):
        self.asked[device_id] += 1
        return super().owner(device_id)


class Mirroring:
    """``now_s`` is the clock of the instance; ``instance()`` is another one beside it."""

    def __init__(self, *things, scheme="DevEUI"):
        self.tts, self.journal, self.things = FakeThingsStack(), CountingJournal(), FakeMirroredThings(*things)
        self.thing_log, self.shadow, self.refusals, self.troubles = FakeThingLog(), FakeShadow(), [], []
        self.scheme, self.now_s = scheme, 1000.0
        self.mirror = self.instance()

    def instance(self):
        registry, rules = self.tts.application(), MirrorRules(STACK, "lorawan", self.scheme)
        notifier = ThingNotifier(
            self.thing_log,
            ShadowWriter(self.shadow, self.things, self.journal, registry.application_id),
            registry.application_id,
            lambda: START,
            lambda *trouble: self.troubles.append(trouble),
        )

        def refused(error, activity):
            self.refusals.append(error)
            notifier.refused(error, activity)

        limiter = RateLimiter(lambda: self.now_s, every_s=CHECK_EVERY_S, most=CHECKS_AT_ONCE)
        return Mirror(
            registry=registry,
            things=self.things,
            journal=self.journal,
            finder=Finder(self.things, self.journal),
            linker=Linker(self.journal, registry, lambda: START, notifier.linked),
            checker=Checker(registry, self.things, self.journal, rules, limiter, notifier.restored),
            rules=rules,
            recent=Recent(lambda: self.now_s, DEVICES_REMEMBERED),
            on_refused=refused,
        )

    def register(self, ids=IDS, **record):
        """Somebody registers a device in The Things Stack."""
        self.tts.application().create_identity(identity_record(ids, **record))
        return self

    def deliver(self, activity=ACTIVITY):
        return self.mirror.ensure_thing(activity)

    def facts(self, thing_id):
        return [recorded.fact for recorded in self.journal.facts(thing_id)]
