"""Reconcile in the model: it reads the two registries and the journal as they are, and its repairs are messages."""

import itertools
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal, get_args

from tests.fakes.reconcile_runs import FakeReconcileRuns
from tests.model.functions import AT
from tests.samples import STACK
from workflows.adapters.drift.notebook import FileNotebook
from workflows.domain.drift.findings import REMOVING
from workflows.domain.drift.reconciling import Order
from workflows.domain.fold import Status
from workflows.domain.pages import Page
from workflows.domain.registry_things import DescribedThing, ListedThing
from workflows.domain.scope import StackScope
from workflows.errors import RegistryUnavailableError
from workflows.schemas.event import dump_event
from workflows.steps.drift.inspection import Inspector
from workflows.steps.drift.reconcile import Pauses, Reconciler, Sources, summary
from workflows.steps.drift.repairs import RepairPlanner

RUN = "reconciling"
SCOPE = StackScope(STACK, "lorawan")
LARGE = 1000
PAGE = 5


@dataclass(frozen=True)
class Conditions:
    """What a run meets.

    ``aws`` has lost a right, or is asked in a wrong region: it lists no thing, or shows none by its name either.
    ``twice``: every page of every list comes a second time. ``answers``: after so many calls The Things Stack is down;
    None: it is not.
    """

    aws: Literal["sees", "lists nothing", "shows nothing"] = "sees"
    twice: bool = False
    answers: int | None = None


CALM = Conditions()


class Reconciliation:
    """``world`` at rest: what a run finds then is no work in progress."""

    def __init__(self, world, conditions=CALM):
        self.world, self.journal, self.conditions = world, world.journal, conditions
        self.devices = Failing(world.tts.application(), conditions.answers)
        self.lines, self.removed = [], 0
        self.facts, self.recent = self.journal.facts, self.journal.recent

    def run(self, mode):
        """Return what was found and done, after everything that it sent has been served; None if it broke off."""
        runs = FakeReconcileRuns()
        runs.begin(RUN)
        with FileNotebook.opened("") as notes:
            found = None
            with suppress(RegistryUnavailableError):
                assert self._reconciler(runs).work(Order(RUN, mode, LARGE), notes) == "done"
                found = summary(notes, complete=True)
        self._never_crosses_the_brake()
        if found:
            self._reports_what_it_holds_back(found, mode)
        return found

    def _never_crosses_the_brake(self):
        """Ten devices at most, or 1 % of those that things have; none after an empty list."""
        fleet = [each for each in self._list_snapshots() if each.state.device or each.state.attempt]
        lists = self.conditions.aws == "sees" and self.world.things.things
        assert self.removed <= (max(10, len(fleet) // 100) if lists else 0)

    def _reports_what_it_holds_back(self, found, mode):
        """Both counts become metrics, and each has its alarm."""
        held = [line for line in self.lines if line["done"] == "held back"]
        assert found.held_back == len(held) <= found.unrepaired
        assert {line["repair"] for line in held} <= set(REMOVING)
        wanted = [line for line in self.lines if line["repair"] in REMOVING]
        assert mode == "Report" or not (held and self.removed), "some are removed, and some are held back"
        assert mode == "Report" or len(held) in (0, len(wanted))

    def _reconciler(self, runs):
        return Reconciler(
            sources=Sources(self._list_devices, self._list_journal, self._list_things),
            inspector=Inspector(SCOPE, self, self, self.devices),
            planner=RepairPlanner(SCOPE, self, self),
            queue=self,
            log=self,
            runs=runs,
            pauses=Pauses(lambda: None, lambda _: None),
            has_time=lambda: True,
        )

    def _page(self, items, place):
        """Return the page at ``place``: where it begins, and whether it came before."""
        number = place.removesuffix("again")
        begin = int(number or 0)
        if self.conditions.twice and not place.endswith("again"):
            return Page(items[begin : begin + PAGE], f"{begin}again")
        end = begin + PAGE
        return Page(items[begin:end], str(end) if end < len(items) else None)

    def _list_devices(self, place):
        self.devices.answer()
        held = [record for (of, _), record in self.world.tts.identities.items() if of == "demo-app"]
        return self._page(held, place)

    def _list_snapshots(self):
        return [each for status in get_args(Status) for each in self.journal.by_status(status)]

    def _list_journal(self, place):
        return self._page(self._list_snapshots(), place)

    def _list_things(self, place):
        living = self.world.things.living() if self.conditions.aws == "sees" else []
        return self._page([ListedThing(each.name, each.version, each.attributes) for each in living], place)

    def describe(self, thing_name):
        thing = self.world.things.things.get(thing_name)
        if thing is None or self.conditions.aws == "shows nothing":
            return None
        return DescribedThing(thing.name, thing.thing_id, thing.version, "lorawan", thing.attributes)

    def snapshots(self, thing_ids):
        wanted = set(thing_ids)
        return iter([each for each in self._list_snapshots() if each.thing_id in wanted])

    def is_empty(self):
        return not self.world.queue

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


class Failing:
    """The Things Stack as Reconcile reads it; after ``answers`` calls it is down. Several may call at a time."""

    def __init__(self, devices, answers):
        self._devices, self._answers, self._numbers = devices, answers, itertools.count()

    def answer(self):
        if self._answers is not None and next(self._numbers) >= self._answers:
            raise RegistryUnavailableError("The Things Stack does not answer")

    def __getattr__(self, name):
        self.answer()
        return getattr(self._devices, name)
