"""Things of a file ► things in AWS IoT ► the outcome of each in the journal."""

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from operate.adapters.stacks import Stack
from operate.adapters.things import ThingsOfType
from operate.bulk.checking import PlannedThing
from operate.bulk.comparing import Rejection, plan_row
from operate.bulk.register import Register, RegisterEntry, RowOutcome, RowPlan
from operate.errors import WrongInputError
from operate.fleet import explain_failure
from operate.operator import Operator
from operate.pacing import Pace, Timeout
from operate.replaying import messages_for, send_all, wait_with_progress
from operate.retrying import SAMPLE, RetryNotice, runs_of
from operate.views.outcomes import AwaitedChange, ChangeOutcome, find_outcome
from operate.views.replay import PlannedReplay
from workflows.adapters.journal.many import SNAPSHOTS_AT_ONCE
from workflows.domain.correction import argument
from workflows.domain.facts import RegisteredDevice
from workflows.domain.fold import Status
from workflows.domain.registry_things import DescribedThing
from workflows.ports.journal import JournalReader, Snapshot
from workflows.steps.concurrency import map_concurrently
from workflows.values import value

_MEANWHILE = "the thing was {} during the import. Run the same command again"
_ADOPTED = "the device existed before; it is linked and keeps its own values"
# A thing in flight has no outcome yet; a skipped one belongs to another stack now.
_OUTCOMES: dict[Status, RowOutcome] = {
    "registered": "registered",
    "rejected": "rejected",
    "failed": "failed",
    "removed": "removed",
    "skipped": "removed",
}

Explain = Callable[[Snapshot], str]
Describe = Callable[[str], DescribedThing | None]


@value
class _Done:
    """What AWS IoT answered when the thing was created or changed."""

    thing: PlannedThing
    plan: RowPlan
    result: str | DescribedThing | None


@value
class PlanExecution:
    """Creates and changes the things of a file as the register plans it, and records what was done."""

    writer: ThingsOfType
    register: Register
    pace: Pace
    rejection: Rejection

    def carry_out(self, things: Iterable[PlannedThing]) -> Generator[RowOutcome, None, None]:
        """Work on several things at once; yield ``created`` or ``updated`` after each that was.

        If the user stops, also what was done at that moment is recorded.
        """
        planned = ((each, self.register.plan_of(each)) for each in things)
        to_do = ((each, plan) for each, plan in planned if plan.action == "add" or plan.attributes)
        done: dict[int, _Done] = {}

        def do(each: tuple[PlannedThing, RowPlan]) -> _Done:
            line = each[0].line
            done[line] = self._do(*each)
            return done[line]

        at_work = map_concurrently(do, to_do)
        try:
            for each in at_work:
                del done[each.thing.line]
                yield from self._record(each)
        finally:
            at_work.close()
            for each in done.values():
                list(self._record(each))

    def _do(self, thing: PlannedThing, plan: RowPlan) -> _Done:
        self.pace.wait()
        if plan.action == "add":
            return _Done(thing, plan, self.writer.create(thing.thing_name, thing.attributes))
        changed = {name: thing.attributes[name] for name in plan.attributes}
        thing_name = plan.thing_name or thing.thing_name
        return _Done(thing, plan, self.writer.write_attributes(thing_name, changed, plan.version))

    def _record(self, each: _Done) -> Iterator[RowOutcome]:
        thing, plan, result = each.thing, each.plan, each.result
        if plan.action == "add":
            yield from self._record_creation(thing, result)
        elif result == "written":
            self.register.record_written(thing.line, "updated", plan.thing_id)
            yield "updated"
        else:
            self.register.record_outcome(thing.line, "conflict", _MEANWHILE.format(str(result).split()[0]))

    def _record_creation(self, thing: PlannedThing, done: str | DescribedThing | None) -> Iterator[RowOutcome]:
        """Somebody else may have created the thing meanwhile, or one of another type has its name."""
        if isinstance(done, str):
            self.register.record_written(thing.line, "created", done)
            yield "created"
        elif done is None:
            self.register.record_outcome(thing.line, "conflict", _MEANWHILE.format("deleted"))
        else:
            plan = plan_row(thing, done, self.writer.type_name, self.rejection, update=False)
            self.register.record_plan(thing.line, plan)


@value
class OutcomeWatch:
    """Waits for the outcomes of things that are as their rows say.

    ``describe`` returns the thing that has a name now, ``explain`` the reason why a thing is not registered.
    """

    register: Register
    journal: JournalReader
    describe: Describe
    explain: Explain
    timeout: Timeout

    def rounds(self) -> Iterator[int]:
        """Poll the journal; yield how many things were settled each time."""
        for settled in self.timeout.polls(lambda: sum(map(self._settle, self._pages()))):
            yield settled
            if not self.register.waiting(after_line=0, limit=1):
                return

    def _pages(self) -> Iterator[list[RegisterEntry]]:
        after_line = 0
        while page := self.register.waiting(after_line=after_line, limit=SNAPSHOTS_AT_ONCE):
            yield page
            after_line = page[-1].line

    def _settle(self, page: list[RegisterEntry]) -> int:
        entries = {entry.thing_id: entry for entry in page}
        known = [
            (entries[snapshot.thing_id], snapshot)
            for snapshot in self.journal.snapshots(entries)
            if snapshot.status in _OUTCOMES
        ]
        found = [each for each in map_concurrently(self._find, known) if each]
        for entry, snapshot, outcome in found:
            self._record(entry, snapshot, _OUTCOMES[outcome.status])
        return len(found)

    def _record(self, entry: RegisterEntry, snapshot: Snapshot, outcome: RowOutcome) -> None:
        if outcome == "registered" and snapshot.state.device is not None:
            record_registered(self.register, entry, snapshot.state.device)
        else:
            self.register.record_outcome(entry.line, outcome, self.explain(snapshot))

    def _find(self, known: tuple[RegisterEntry, Snapshot]) -> tuple[RegisterEntry, Snapshot, ChangeOutcome] | None:
        """A thing may have existed before, so the event of its latest version may still be in flight."""
        entry, snapshot = known
        found = find_outcome(self._awaited(entry), snapshot.state, lambda: self.journal.recent(entry.thing_id))
        return (entry, snapshot, found) if found else None

    def _awaited(self, entry: RegisterEntry) -> AwaitedChange:
        thing = self.describe(entry.thing_name)
        if thing is None or thing.thing_id != entry.thing_id:
            return AwaitedChange(entry.thing_id, "DELETED", 0)
        return AwaitedChange(entry.thing_id, "UPDATED", thing.version_number)


def await_outcomes(operator: Operator, register: Register, timeout: Timeout) -> Iterator[int]:
    """Yield how many things got their outcome in each poll; say now and then what their runs wait for."""
    explain, describe = partial(explain_failure, operator), operator.things.describe
    watch = OutcomeWatch(register, operator.journal, describe, explain, timeout)

    def runs() -> list[str]:
        return runs_of(operator.journal, (each.thing_id for each in register.waiting(after_line=0, limit=SAMPLE)))

    return RetryNotice(operator.run_histories).between(watch.rounds(), runs)


def record_registered(register: Register, entry: RegisterEntry, device: RegisteredDevice) -> None:
    """Record a device under its own ID; for an adopted device also the values of its row that it does not have."""
    if device.method != "adopted":
        register.record_outcome(entry.line, "registered", device_id=device.device_id)
        return
    reason = _ADOPTED + (f". It does not have: {'; '.join(device.differences)}" if device.differences else "")
    register.record_outcome(entry.line, "adopted", reason, device_id=device.device_id, differs=bool(device.differences))


def require_write_permission(stack: Stack) -> None:
    """Raise ``WrongInputError`` if the stack's things may not write to devices that existed before them."""
    if stack.parameters.get("AdoptedDevices") != "Write":
        raise WrongInputError(
            "--overwrite writes keys and radio settings of devices that existed before their things. The stack "
            f"{stack.name} does not allow it: its parameter AdoptedDevices is NamesOnly. Deploy it with Write, or "
            "change the devices in The Things Stack."
        )


def overwrite_devices(
    operator: Operator, register: Register, entries: Sequence[RegisterEntry], pace: Pace, *, timeout: Timeout
) -> None:
    """Send an event for each entry, wait for its outcome, and record what its device has then."""
    planned = [each for entry in entries if (each := _plan(operator, entry))]
    for _ in send_all(operator.queue, messages_for(planned, operator.stack.state_machine_arn), pace):
        pass
    results = {each.planned.thing_name: each for each in wait_with_progress(operator, planned, timeout)}
    for entry in entries:
        result = results.get(entry.thing_name)
        device = operator.journal.read(entry.thing_id).device
        if result is None:
            reason = "the thing was deleted or replaced before its device was written"
            register.record_outcome(entry.line, "removed", reason)
        elif result.outcome == "registered" and device is not None:
            record_registered(register, entry, device)
        else:
            reason = f"{result.error_name or result.outcome}; see `thingsync status {argument(entry.thing_name)}`"
            register.record_outcome(entry.line, "rejected" if result.outcome == "rejected" else "failed", reason)


def _plan(operator: Operator, entry: RegisterEntry) -> PlannedReplay | None:
    """Plan the event of the thing as it is now; None if another thing has its name."""
    thing = operator.things.describe(entry.thing_name)
    if thing is None or thing.thing_id != entry.thing_id:
        return None
    state = operator.journal.read(thing.thing_id)
    event = replace(thing.event, repair=True, overwrite=True)
    return PlannedReplay(entry.thing_name, "send", "to overwrite", event, state.facts, failed_run=state.latest_run)
