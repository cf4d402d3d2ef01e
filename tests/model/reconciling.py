"""Reconcile in the model: it reads the two registries and the journal as they are, and its repairs are messages."""

from typing import get_args

from tests.fakes.reconcile_runs import FakeReconcileRuns
from tests.model.functions import AT
from tests.samples import STACK
from workflows.adapters.drift.notebook import FileNotebook
from workflows.domain.brake import allowed_removals
from workflows.domain.drift.reconciling import Order
from workflows.domain.fold import Status
from workflows.domain.pages import Page
from workflows.domain.registry_things import DescribedThing, ListedThing
from workflows.domain.scope import StackScope
from workflows.schemas.event import dump_event
from workflows.steps.drift.inspection import Inspector
from workflows.steps.drift.reconcile import Pauses, Reconciler, Sources, summary
from workflows.steps.drift.repairs import RepairPlanner

RUN = "reconciling"
SCOPE = StackScope(STACK, "lorawan")
LARGE = 1000


class Reconciliation:
    """``world`` at rest: what a run finds then is no work in progress."""

    def __init__(self, world):
        self.world, self.journal, self.devices = world, world.journal, world.tts.application()
        self.lines, self.removed = [], 0
        self.facts, self.recent = self.journal.facts, self.journal.recent

    def run(self, mode):
        """Return what was found and done, after everything that it sent has been served."""
        runs = FakeReconcileRuns()
        runs.begin(RUN)
        with FileNotebook.opened("") as notes:
            assert self._reconciler(runs).work(Order(RUN, mode, LARGE), notes) == "done"
            found = summary(notes, complete=True)
        assert self.removed <= allowed_removals(found.devices, listed=found.things)
        return found

    def _reconciler(self, runs):
        return Reconciler(
            sources=Sources(self._list_devices, self._list_journal, self._list_things),
            inspector=Inspector(SCOPE, self, self, self.devices),
            planner=RepairPlanner(SCOPE, self, self),
            queue=self,
            log=self,
            runs=runs,
            pauses=Pauses(lambda: None, lambda: None),
            has_time=lambda: True,
        )

    def _list_devices(self, _place):
        return Page([record for (of, _), record in self.world.tts.identities.items() if of == "demo-app"], None)

    def _list_journal(self, _place):
        return Page([each for status in get_args(Status) for each in self.journal.by_status(status)], None)

    def _list_things(self, _place):
        return Page(
            [ListedThing(each.name, each.version, each.attributes) for each in self.world.things.living()], None
        )

    def describe(self, thing_name):
        thing = self.world.things.things.get(thing_name)
        return thing and DescribedThing(thing.name, thing.thing_id, thing.version, "lorawan", thing.attributes)

    def snapshots(self, thing_ids):
        wanted = set(thing_ids)
        return iter([each for each in self._list_journal("").items if each.thing_id in wanted])

    def send(self, event, latest_run):
        if event.operation == "DELETED" or SCOPE.relevance(event) != "ours":
            self.removed += 1
        else:
            self.world.repaired.add(event.thing_id)
        self.world.deliver_again(dump_event(event, AT), execution_arn=latest_run or "none")

    def carry_out_what_is_held_back(self):
        """The operator looks at it, and allows it."""
        held = {line["thingId"] for line in self.lines if line["done"] == "held back"}
        for snapshot in self.snapshots(held):
            self.world.deliver_again(dump_event(snapshot.deleted_event, AT), execution_arn=snapshot.state.latest_run)

    def write(self, _run, lines):
        self.lines += lines
