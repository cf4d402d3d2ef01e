"""Users and devices race: a device has one thing or none, whatever the order and wherever MirrorDevice breaks off."""

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tests.model.interruptions import Interruption
from tests.model.mirroring import MirroringWorld
from tests.model.specs import DEV_EUIS, Spec
from workflows.domain.facts import EventRejected
from workflows.ports.journal import Owner

any_of = st.integers(0, 99)
dev_euis = st.sampled_from(DEV_EUIS)
ways = st.sampled_from(["keys", "nothing"])
breaks = st.none() | st.builds(
    Interruption,
    at=st.integers(1, 9),
    error=st.sampled_from(["broken", "timeout"]),
    moment=st.sampled_from(["before", "after"]),
)
MEANWHILE = [
    "nothing", "user creates", "user deletes", "device removed", "device registered again", "rest", "another instance",
]  # fmt: skip


class Races(RuleBasedStateMachine):
    delete_policy = "Delete"

    def __init__(self):
        super().__init__()
        self.world = MirroringWorld(delete_policy=self.delete_policy)

    @rule(dev_eui=dev_euis)
    def somebody_registers_a_device(self, dev_eui):
        self.world.register(dev_eui)

    @rule(dev_eui=dev_euis)
    def somebody_registers_a_device_again_under_another_id(self, dev_eui):
        self.world.register_again(dev_eui)

    @rule(dev_eui=dev_euis)
    def a_device_sends(self, dev_eui):
        self.world.send(dev_eui)

    @rule(dev_eui=dev_euis, own_name=st.booleans(), way=ways)
    def user_creates_a_thing(self, dev_eui, own_name, way):
        name = f"pump-{dev_eui[-1]}" if own_name else dev_eui
        if name not in self.world.things.things:
            self.world.create_thing(name, Spec(dev_eui=dev_eui, way=way))

    @precondition(lambda self: self.world.things.things)
    @rule(which=any_of, with_attributes=st.booleans())
    def user_deletes_a_thing(self, which, with_attributes):
        self.world.things.delete(picked(self.world.things.living(), which).name, with_attributes=with_attributes)

    @precondition(lambda self: self.world.activities)
    @rule(which=any_of, interruption=breaks, at=st.integers(1, 9), meanwhile=st.sampled_from(MEANWHILE), way=ways)
    def a_message_is_processed(self, which, interruption, at, meanwhile, way):
        activity = picked(self.world.activities, which)
        happens = {
            "nothing": lambda: None,
            "user creates": lambda: self.user_creates_a_thing(activity.dev_eui, own_name=True, way=way),
            "user deletes": lambda: self._deleted(activity.dev_eui),
            "device removed": lambda: self.world.removed(activity.dev_eui),
            "device registered again": lambda: self.world.register_again(activity.dev_eui),
            "rest": lambda: super(MirroringWorld, self.world).settle(),
            "another instance": lambda: self._processed_by_another(activity),
        }
        self.world.mirror_device(activity, interruption, (at, happens[meanwhile]))

    @precondition(lambda self: self.world.queue)
    @rule(which=any_of)
    def queue_delivers(self, which):
        self.world.deliver(picked(self.world.queue, which))

    @precondition(lambda self: self.world.published)
    @rule(which=any_of)
    def iot_publishes_again(self, which):
        self.world.deliver_again(picked(self.world.published, which))

    @precondition(lambda self: self.world.machine.running())
    @rule(which=any_of, steps=st.integers(1, 6))
    def run_goes_on(self, which, steps):
        run = picked(self.world.machine.running(), which)
        for _ in range(steps):
            if run.status == "RUNNING":
                self.world.step(run)

    @precondition(lambda self: self.world.tts.identities)
    @rule(which=any_of)
    def somebody_removes_a_device(self, which):
        self.world.removed(picked(sorted(self.world.tts.identities.values(), key=str), which).ids.dev_eui)

    def _deleted(self, dev_eui):
        if dev_eui in self.world.things.things:
            self.world.things.delete(dev_eui, with_attributes=False)

    def _processed_by_another(self, activity):
        outer, self.world.mirror_line = self.world.mirror_line, type(self.world.mirror_line)()
        self.world.mirror_device(activity)
        self.world.mirror_line = outer

    def teardown(self):
        self.world.settle()
        for dev_eui in DEV_EUIS:
            self.world.send(dev_eui)
        self.world.settle()
        for dev_eui in DEV_EUIS:
            self._check(dev_eui)

    def _check(self, dev_eui):
        world, ids = self.world, self.world.ids_now(dev_eui)
        things = [thing for thing in world.things.living() if thing.attributes["devEUI"] == dev_eui]
        having = [thing for thing in things if self._has(thing, ids)]
        if ids is not None:
            owner = world.journal.owner(ids.device_id)
            assert len(having) == 1, f"{ids} sends and has the things {having} of {things}, {owner}"
            assert owner == Owner(having[0].thing_id, having[0].name)
        for thing in things:
            if thing not in having:
                self._check_user_was_notified(thing)

    def _has(self, thing, ids):
        """Return whether the thing has the device; while there is none, whether it has had one that was removed."""
        device = self.world.journal.read(thing.thing_id).device
        return device is not None and (ids is None or device.device_id == ids.device_id)

    def _check_user_was_notified(self, thing):
        """A thing without its device got the reason in its log, at its next change at the latest.

        Its device may have been removed, and another thing have got the one that was registered in its place.
        """
        if self.world.journal.read(thing.thing_id).device is not None:
            self.world.things.update(thing.name, thing.attributes | {"description": "changed"})
            self.world.settle()
        facts = [recorded.fact for recorded in self.world.journal.facts(thing.thing_id)]
        assert isinstance(facts[-1], EventRejected), f"{thing} was not notified: {facts}"


def picked(items, which):
    return items[which % len(items)]


class RacesThatRetain(Races):
    delete_policy = "Retain"


TestDelete = Races.TestCase
TestRetain = RacesThatRetain.TestCase
PROGRAMS = settings(max_examples=400, stateful_step_count=25, suppress_health_check=list(HealthCheck))
TestDelete.settings = TestRetain.settings = PROGRAMS
