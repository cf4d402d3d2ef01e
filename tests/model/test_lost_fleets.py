"""A fleet of which every event is lost: Reconcile behind its brake, whatever it meets on its way."""

from dataclasses import dataclass, replace

from hypothesis import event, example, given, settings
from hypothesis import strategies as st

from tests.model.checking import Checks
from tests.model.reconciling import Conditions, Reconciliation
from tests.model.specs import OTHER_STACK, Spec
from tests.model.test_lost_events import conditions
from tests.model.world import World

ALLOWED = 10


@dataclass(frozen=True)
class Losses:
    """So many things each: deleted, given to another stack, made again, changed; and devices that somebody deleted."""

    deleted: int
    given_away: int
    made_again: int
    changed: int
    lost: int
    stay: int

    @property
    def losing(self):
        """So many lose the device that they have: a thing that was made again is another one."""
        return self.deleted + self.given_away + self.made_again


losses = st.builds(
    Losses,
    deleted=st.integers(0, 12),
    given_away=st.integers(0, 6),
    made_again=st.integers(0, 3),
    changed=st.integers(0, 3),
    lost=st.integers(0, 3),
    stay=st.integers(0, 3),
)


class Fleet:
    def __init__(self, losses, *, delete_policy):
        self.losses, self.world, self.numbers = losses, World(delete_policy=delete_policy), iter(range(100))
        names = {kind: self.made(count) for kind, count in vars(losses).items()}
        self.world.settle()
        for name in names["deleted"]:
            self.world.things.delete(name, with_attributes=True)
        for name in names["given_away"]:
            self.update(name, stack=OTHER_STACK)
        for name in names["made_again"]:
            spec = self.spec(name)
            self.world.things.delete(name, with_attributes=True)
            self.world.create_thing(name, replace(spec, name="Again"))
        for name in names["changed"]:
            self.update(name, description="changed")
        for name in names["lost"]:
            self.world.lose(("demo-app", self.spec(name).ids.device_id), whole=True)
        self.world.queue.clear()

    def made(self, count):
        """Make so many things, each with a new number."""
        names = []
        for _ in range(count):
            number = next(self.numbers)
            names.append(f"pump-{number}")
            self.world.create_thing(names[-1], Spec(dev_eui=f"70B3D57E{number:08X}", name="Pump"))
        return names

    def spec(self, name):
        return self.world.specs[self.world.things.things[name].thing_id]

    def update(self, name, **changes):
        self.world.update_thing(self.world.things.things[name], replace(self.spec(name), **changes))

    def reconcile(self, conditions):
        reconciliation = Reconciliation(self.world, conditions)
        return reconciliation, reconciliation.run("Repair")


policies = st.sampled_from(["Delete", "Retain"])


@given(losses=losses, delete_policy=policies, conditions=conditions)
@settings(max_examples=40)
def test_one_good_run_makes_a_fleet_equal_whatever_the_run_before_it_met(losses, delete_policy, conditions):
    fleet = Fleet(losses, delete_policy=delete_policy)
    fleet.reconcile(conditions)
    fleet.world.settle()

    reconciliation, found = fleet.reconcile(Conditions())
    event("held back" if found.held_back else "let pass")
    reconciliation.carry_out_what_is_held_back()
    fleet.world.settle()

    assert fleet.reconcile(Conditions())[0].lines == []
    Checks(fleet.world, strict=False).run()


@example(losses=Losses(7, 2, 1, 1, 1, 1), delete_policy="Delete", twice=True)
@example(losses=Losses(8, 2, 1, 1, 1, 1), delete_policy="Delete", twice=True)
@given(losses=losses, delete_policy=policies, twice=st.booleans())
@settings(max_examples=20)
def test_the_brake_counts_devices_that_things_lose_and_nothing_else(losses, delete_policy, twice):
    fleet = Fleet(losses, delete_policy=delete_policy)
    is_held = losses.losing > ALLOWED or not fleet.world.things.things

    reconciliation, found = fleet.reconcile(Conditions(twice=twice))

    assert (reconciliation.removed, found.held_back) == ((0, losses.losing) if is_held else (losses.losing, 0))
    assert found.repairs - reconciliation.removed == losses.changed + losses.lost + losses.made_again


@given(losses=losses, delete_policy=policies, twice=st.booleans())
@settings(max_examples=20)
def test_of_a_fleet_of_which_aws_iot_shows_nothing_every_device_stays(losses, delete_policy, twice):
    fleet = Fleet(losses, delete_policy=delete_policy)
    before = dict(fleet.world.tts.identities)
    having = sum(vars(losses).values())

    reconciliation, found = fleet.reconcile(Conditions("shows nothing", twice))
    fleet.world.settle()

    assert (reconciliation.removed, found.repairs, found.held_back, found.unrepaired) == (0, 0, having, having)
    assert fleet.world.tts.identities == before
