"""However many events are lost: one run of Reconcile, and its repairs served, makes both registries equal.

What the brake holds back is looked at and allowed: that is the case after an empty list of things alone.
"""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.model.checking import Checks
from tests.model.reconciling import Conditions, Reconciliation
from tests.model.test_registries_agree import PROGRAMS, Registries, any_of, picked

conditions = st.builds(
    Conditions,
    aws=st.sampled_from(["sees", "sees", "lists nothing", "shows nothing"]),
    twice=st.booleans(),
    answers=st.none() | st.integers(0, 40),
)


class LostEvents(Registries):
    @precondition(lambda self: self.world.queue)
    @rule(which=any_of)
    def an_event_is_lost(self, which):
        self.world.lose_event(picked(self.world.queue, which))

    @rule(mode=st.sampled_from(["Report", "Repair"]), conditions=conditions)
    def reconcile_runs(self, mode, conditions):
        """In the middle of everything: what it does must never harm."""
        Reconciliation(self.world, conditions).run(mode)

    @rule()
    def everything_comes_to_rest(self):
        self.heal()
        Checks(self.world, strict=False).run()

    def teardown(self):
        self.heal()
        Checks(self.world, strict=False).run()
        self.world.correct_things()
        Checks(self.world, strict=True).run()

    def heal(self):
        self.world.settle()
        reconciliation = Reconciliation(self.world)
        found = reconciliation.run("Repair")
        if found.held_back:
            assert found.things == 0
            reconciliation.carry_out_what_is_held_back()
        self.world.settle()
        again = Reconciliation(self.world)
        again.run("Report")
        left = [line for line in again.lines if line["repair"]]
        assert left == [], f"{left}, after {reconciliation.lines}"


class LostEventsThatRetain(LostEvents):
    delete_policy = "Retain"


class LostEventsWithABrake(LostEvents):
    """The pipeline's own, beside that of Reconcile: the operator allows removals only where all comes to rest."""

    deletions_per_hour = 1


class LostEventsWhoseAdoptedDevicesAreWritten(LostEventsThatRetain):
    adopted_devices = "Write"


TestLostEvents = LostEvents.TestCase
TestRetain = LostEventsThatRetain.TestCase
TestBrake = LostEventsWithABrake.TestCase
TestWrite = LostEventsWhoseAdoptedDevicesAreWritten.TestCase
TestLostEvents.settings = TestRetain.settings = settings(PROGRAMS, max_examples=100)
TestBrake.settings = TestWrite.settings = settings(PROGRAMS, max_examples=50)
