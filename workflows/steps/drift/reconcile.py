"""Reconcile: the three registries ► what differs ► repair events, and whether the differences are gone.

Each step does a page and says where the next begins, so a run may stop after any of them and go on elsewhere.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar, get_args

from workflows.domain.brake import allowed_removals
from workflows.domain.device import IdentityRecord
from workflows.domain.drift.comparison import Comparison
from workflows.domain.drift.findings import stopped_scrub_finding
from workflows.domain.drift.reconciling import SENT, Done, Ended, Order, Phase, Reconciled, finding_line
from workflows.domain.pages import FIRST, Page, Pages
from workflows.domain.registry_things import ListedThing
from workflows.errors import SyncError
from workflows.ports.journal import Snapshot
from workflows.ports.reconciling import FindingLog, FoundDifferences, Notebook, Numbered, ReconcileRuns, RepairQueue
from workflows.steps.concurrency import map_concurrently
from workflows.steps.drift.awaiting import look_again_at_awaited
from workflows.steps.drift.inspection import Inspector
from workflows.steps.drift.repairs import RepairPlanner
from workflows.values import value

T = TypeVar("T")

# So many are repaired, scrubbed or looked at again between two looks at the clock and at whose turn it is.
REPAIRS_AT_ONCE = 10
SCRUBBED_AT_ONCE = 100
LINES_AT_ONCE = 500
# A repair takes some seconds, if nothing hinders it, and so does an event in the queue. After so many looks, each after
# a pause, it is left to the next run.
LOOKS = 12
_NOBODY_LOOKED = "the repair was sent, but nobody could look at what it did; the next run compares again: {error}"

_PHASES: tuple[Phase, ...] = get_args(Phase)


@value
class Sources:
    """The Things Stack is read first: a device that is registered meanwhile is then inspected, and not foreign."""

    devices: Pages[IdentityRecord]
    journal: Pages[Snapshot]
    things: Pages[ListedThing]


@value
class Pauses:
    """``repair`` returns when the next may be sent, ``look`` when it is worth to look for the so many-th time."""

    repair: Callable[[], None]
    look: Callable[[int], None]


@value
class Reconciler:
    """``has_time``: whether another page may be begun."""

    sources: Sources
    inspector: Inspector
    planner: RepairPlanner
    queue: RepairQueue
    log: FindingLog
    runs: ReconcileRuns
    pauses: Pauses
    has_time: Callable[[], bool]

    def work(self, order: Order, notes: Notebook) -> Ended:
        """Go on from where the notebook says; by a page at least, or invocations would follow each other for ever."""
        has_time = True
        while True:
            if not self.runs.is_current(order.run):
                return "superseded"
            if not has_time:
                return "out of time"
            with notes.together():
                phase, place = notes.place()
                after = self._page(phase, place, order, notes)
                following = phase if after is not None else _after(phase)
                if following is not None:
                    notes.keep_place(following, after or FIRST)
            if following is None:
                return "done"
            has_time = self.has_time()

    def _page(self, phase: Phase, place: str, order: Order, notes: Notebook) -> str | None:
        """Do a page; return the place of the next, None if there is none."""
        pages: Mapping[Phase, Callable[[], str | None]] = {
            "devices": lambda: _copied(self.sources.devices(place), notes.survey.add_record),
            "journal": lambda: _copied(self.sources.journal(place), notes.survey.add_snapshot),
            "things": lambda: _copied(self.sources.things(place), notes.survey.add_listed),
            "scrub": lambda: self._scrub(place, order, notes),
            "compare": lambda: self._compare(place, notes),
            "await": lambda: self._await(place, notes),
            "repair": lambda: self._repair(place, notes) if order.mode == "Repair" else None,
            "look again": lambda: self._look_again(place, notes.ledger),
            "report": lambda: self._report(place, order.run, notes),
        }
        return pages[phase]()

    def _scrub(self, place: str, order: Order, notes: Notebook) -> str | None:
        """Compare the next share on all servers; after the last thing comes the first, but none twice in a run.

        One device that a server cannot show, or one vendor's Join Server that is away, must not stop all repairs.
        """
        left = int(place or min(order.scrub, notes.survey.count_devices()))
        if not left:
            return None
        before, wanted = notes.scrubbed_to(), min(left, SCRUBBED_AT_ONCE)
        after = self.runs.scrubbed_to() if before is None else before
        share = notes.survey.share(self.inspector.scope.thing_type_name, after, wanted)
        try:
            for found in replace(self.inspector, deep=True).findings(share):
                notes.ledger.add(found)
        except SyncError as error:
            notes.ledger.add(stopped_scrub_finding(str(error)))
            return None
        notes.count_scrubbed(len(share), _thing_id(share[-1]) if share else "")
        left -= len(share)
        return str(left) if left and (share or after) else None

    def _compare(self, place: str, notes: Notebook) -> str | None:
        page = notes.survey.page(self.inspector.scope.thing_type_name, place)
        for found in self.inspector.findings(page.items):
            notes.ledger.add(found)
        if page.after is None:
            notes.ledger.sum_up_types(self.inspector.scope)
        return page.after

    def _await(self, place: str, notes: Notebook) -> str | None:
        """Look again at what an event would explain, once the queue of events is empty.

        If it does not become empty, one cannot know whose events are in it, and a repair would only wait behind them.
        A place is the number of the look at the queue, or after a colon that of the last finding looked at.
        """
        look, _, last = place.partition(":")
        if last:
            after = look_again_at_awaited(self.inspector, notes.ledger, int(last))
            return None if after is None else f":{after}"
        if not notes.ledger.awaited(0, 1):
            return None
        is_empty = self.queue.is_empty()
        if not is_empty and int(look or 0) + 1 >= LOOKS:
            notes.count_waiting(notes.ledger.drop_awaited())
            return None
        self.pauses.look(LOOKS)  # from the queue into the journal it takes a moment, too
        return ":0" if is_empty else str(int(look or 0) + 1)

    def _repair(self, place: str, notes: Notebook) -> str | None:
        if place == FIRST and _is_too_much(notes):
            notes.ledger.hold_removals()
        found = notes.ledger.unrepaired(REPAIRS_AT_ONCE)
        for each in found:
            self._repair_one(each, notes.ledger)
        return "more" if found else None

    def _repair_one(self, numbered: Numbered, ledger: FoundDifferences) -> None:
        """Give no thing its type back: a run by itself changes no thing. What is true no more is no finding."""
        number, found = numbered
        if found.repair == "retype":
            ledger.mark(number, "reported")
            return
        repair = self.planner.plan(found)
        if repair.event is None:
            ledger.drop(number)
            return
        self.pauses.repair()
        self.queue.send(repair.event, repair.latest_run)
        ledger.mark(number, "sent")

    def _look_again(self, place: str, ledger: FoundDifferences) -> str | None:
        """Look at what was repaired, until all of it is; a place is the number of the look and of the last finding.

        After the first look that gets no answer there is no other: each of them would wait for its timeout.
        """
        look, last = map(int, (place or "0:0").split(":"))
        if look and not last:
            self.pauses.look(look)
        found = ledger.marked("sent", last, SCRUBBED_AT_ONCE)
        if found:
            try:
                for number, done, text in map_concurrently(self._became, found):
                    ledger.mark(number, done, text)
            except SyncError as error:
                ledger.remark("sent", "sent", _NOBODY_LOOKED.format(error=error))
                return None
            return f"{look}:{found[-1][0]}"
        if ledger.done()["sent"] and look + 1 < LOOKS:
            return f"{look + 1}:0"
        ledger.remark("sent", "still differs")
        return None

    def _became(self, numbered: Numbered) -> tuple[int, Done, str | None]:
        number, found = numbered
        look = replace(self.inspector, deep=True).inspect_again(found)
        return number, look.done(found), look.text(found)

    def _report(self, place: str, run: str, notes: Notebook) -> str | None:
        """If the run breaks off before all is reported, the next one scrubs the same share again."""
        found = notes.ledger.lines(int(place or 0), LINES_AT_ONCE)
        if not found:
            if (after := notes.scrubbed_to()) is not None:
                self.runs.scrub_on(after)
            return None
        self.log.write(run, [finding_line(finding, done) for _, finding, done in found])
        return str(found[-1][0])


def summary(notes: Notebook, *, complete: bool) -> Reconciled:
    found, done = notes.ledger.counts(), notes.ledger.done()
    own = found.total() - found["foreign"]
    return Reconciled(
        things=notes.survey.count_things(),
        devices=notes.survey.count_devices(),
        missing=found["missing"],
        differing=found["differing"],
        orphaned=found["orphaned"],
        foreign=found["foreign"],
        repairs=sum(done[each] for each in SENT),
        held_back=done["held back"],
        unrepaired=own - done["repaired"] - done["linked"],
        scrubbed=notes.scrubbed(),
        complete=complete,
        waiting=notes.waiting(),
    )


def _is_too_much(notes: Notebook) -> bool:
    allowed = allowed_removals(notes.survey.count_devices(), listed=notes.survey.count_things())
    return notes.ledger.removals().count > allowed


def _copied(page: Page[T], add: Callable[[T], None]) -> str | None:
    for item in page.items:
        add(item)
    return page.after


def _after(phase: Phase) -> Phase | None:
    number = _PHASES.index(phase) + 1
    return _PHASES[number] if number < len(_PHASES) else None


def _thing_id(comparison: Comparison) -> str:
    return comparison.snapshot.thing_id if comparison.snapshot else ""
