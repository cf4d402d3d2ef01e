"""Whatever happens in whatever order, the registry of devices ends as the registry of things says."""

from dataclasses import replace

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tests.model.checking import Checks
from tests.model.interruptions import Interruption
from tests.model.specs import CODES, DEV_EUIS, changes, specs
from tests.model.world import World
from tests.samples import JOIN_EUI, identity_record
from workflows.domain.device import DeviceIds

OTHER_MARK = {"aws-stack": "another-stack", "aws-thing-id": "thing-9", "aws-run": "thing-9-v1-CREATED"}

thing_names = st.sampled_from(["pump-1", "pump-2", "pump-3"])
any_of = st.integers(0, 99)
moments = st.sampled_from(["before", "after"])
hiccups = st.none() | st.builds(Interruption, at=st.integers(1, 4), error=st.just("broken"), moment=moments)
interruptions = st.none() | st.builds(
    Interruption,
    at=st.integers(1, 12),
    error=st.sampled_from(["broken", "denied", "timeout", "killed"]),
    moment=moments,
)


class Registries(RuleBasedStateMachine):
    delete_policy, adopted_devices, deletions_per_hour = "Delete", "NamesOnly", 1000

    def __init__(self):
        super().__init__()
        self.world = World(
            delete_policy=self.delete_policy,
            adopted_devices=self.adopted_devices,
            deletions_per_hour=self.deletions_per_hour,
        )
        for dev_eui, code in CODES.items():
            self.world.tts.make_claimable(JOIN_EUI, dev_eui, code)

    @rule(name=thing_names, spec=specs)
    def user_creates_or_deletes_and_creates(self, name, spec):
        if name in self.world.things.things:
            self.world.things.delete(name, with_attributes=True)
        self.world.create_thing(name, spec)

    @precondition(lambda self: self.world.things.things)
    @rule(which=any_of, change=changes)
    def user_changes_a_thing(self, which, change):
        thing = picked(self.world.things.living(), which)
        self.world.update_thing(thing, replace(self.world.specs[thing.thing_id], **change))

    @precondition(lambda self: self.world.things.things)
    @rule(which=any_of, with_attributes=st.booleans())
    def user_deletes_a_thing(self, which, with_attributes):
        self.world.things.delete(picked(self.world.things.living(), which).name, with_attributes=with_attributes)

    @precondition(lambda self: self.world.deleted_things())
    @rule(which=any_of)
    def user_restores_a_thing(self, which):
        self.world.restore_thing(*picked(self.world.deleted_things(), which))

    @precondition(lambda self: self.world.queue)
    @rule(which=any_of, interruption=hiccups)
    def queue_delivers(self, which, interruption):
        self.world.deliver(picked(self.world.queue, which), interruption)

    @precondition(lambda self: self.world.published)
    @rule(which=any_of)
    def iot_publishes_again(self, which):
        self.world.deliver_again(picked(self.world.published, which))

    @precondition(lambda self: self.world.machine.running())
    @rule(which=any_of, interruption=interruptions)
    def run_steps(self, which, interruption):
        self.world.step(picked(self.world.machine.running(), which), interruption)

    @precondition(lambda self: self.world.machine.running())
    @rule(which=any_of, steps=st.integers(2, 6))
    def run_goes_on(self, which, steps):
        run = picked(self.world.machine.running(), which)
        for _ in range(steps):
            if run.status == "RUNNING":
                self.world.step(run)

    @precondition(lambda self: self.world.machine.running())
    @rule(which=any_of)
    def operator_aborts(self, which):
        picked(self.world.machine.running(), which).status = "ABORTED"

    @precondition(lambda self: self.world.machine.aborted())
    @rule(which=any_of)
    def operator_redrives_from_the_middle(self, which):
        picked(self.world.machine.aborted(), which).restart()

    @precondition(lambda self: self.world.machine.runs)
    @rule(which=any_of)
    def operator_starts_again(self, which):
        self.world.start_again(picked(list(self.world.machine.runs.values()), which))

    @precondition(lambda self: self.world.dead_letters)
    @rule(which=any_of)
    def operator_redrives_a_dead_letter(self, which):
        self.world.redrive(picked(self.world.dead_letters, which))

    @precondition(lambda self: self.world.things.things)
    @rule(which=any_of)
    def operator_repairs(self, which):
        self.world.repair(picked(self.world.things.living(), which))

    @rule(
        dev_eui=st.sampled_from(DEV_EUIS),
        device_id=st.sampled_from(["eui-70b3d57ed0050001", "pump-a", "theirs"]),
        application=st.sampled_from(["demo-app", "demo-app", "other-app"]),
        attributes=st.sampled_from([{}, OTHER_MARK]),
        parts=st.sampled_from(["whole", "identity", "abp"]),
    )
    def somebody_registers_a_device(self, dev_eui, device_id, application, attributes, parts):
        ids = DeviceIds(device_id, dev_eui, JOIN_EUI)
        self.world.plant(application, identity_record(ids, "Theirs", "", attributes), parts=parts)

    @rule(
        server=st.sampled_from(["js", "ns", "as"]),
        dev_eui=st.sampled_from(DEV_EUIS),
        device_id=st.sampled_from(["eui-70b3d57ed0050001", "pump-a", "theirs"]),
    )
    def somebody_leaves_an_orphan(self, server, dev_eui, device_id):
        self.world.plant_orphan(server, DeviceIds(device_id, dev_eui, JOIN_EUI))

    @precondition(lambda self: self.world.tts.identities)
    @rule(which=any_of, whole=st.booleans())
    def somebody_removes_a_device(self, which, whole):
        self.world.lose(picked(sorted(self.world.tts.identities), which), whole=whole)

    @precondition(lambda self: self.world.tts.identities)
    @rule(which=any_of)
    def somebody_describes_a_device(self, which):
        self.world.describe(picked(sorted(self.world.tts.identities), which))

    @rule()
    def everything_comes_to_rest(self):
        self.world.settle()
        Checks(self.world, strict=False).run()

    def teardown(self):
        self.world.settle()
        Checks(self.world, strict=False).run()
        self.world.correct_things()
        Checks(self.world, strict=True).run()


def picked(items, which):
    return items[which % len(items)]


class RegistriesThatRetain(Registries):
    delete_policy = "Retain"


class RegistriesWithABrake(Registries):
    """The operator allows removals only where everything comes to rest."""

    deletions_per_hour = 1


class RegistriesWhoseAdoptedDevicesAreWritten(RegistriesThatRetain):
    adopted_devices = "Write"


TestDelete = Registries.TestCase
TestRetain = RegistriesThatRetain.TestCase
TestBrake = RegistriesWithABrake.TestCase
TestWrite = RegistriesWhoseAdoptedDevicesAreWritten.TestCase

# A thousand programs for either policy; a failure prints the program that leads to it, shrunk.
PROGRAMS = settings(max_examples=1000, stateful_step_count=30, suppress_health_check=list(HealthCheck))
TestDelete.settings = TestRetain.settings = PROGRAMS
TestWrite.settings = TestBrake.settings = settings(PROGRAMS, max_examples=300)
