"""Dispatch: an event and all that happened to its thing ► the decision, accepted in the journal."""

from dataclasses import dataclass, replace
from datetime import datetime

from workflows.domain.decision import Decision, StackRules, ValidatedEvent, decide, end_of, why_outdated
from workflows.domain.facts import Change, DeviceMirrored, DeviceReleased, EventAccepted, EventSkipped
from workflows.domain.fold import ThingState
from workflows.domain.work import Run
from workflows.errors import JournalMovedAnswer, OwnerHeldAnswer, ThingBusyError
from workflows.ports import Runs, Things
from workflows.ports.journal import Entry, Journal, Owner
from workflows.steps.ownership import Ownership
from workflows.steps.releasing import append_releasing
from workflows.steps.reserved import reserved_for

# The snapshot read, its run asked for and found dead, accepted. Then twice (a removal may name two device IDs), if the
# ID is another thing's: DescribeThing, its snapshot, its run asked for and found dead, the ID freed, accepted again.
# Last, DescribeThing of the thing itself and its tombstone. Of a thing that was made from its device, the owner and
# DescribeThing. The function's timeout rests on it.
CALLS_AT_MOST = 4 + 2 * 6 + 2 + 2


@dataclass(frozen=True, slots=True)
class Dispatcher:
    """``now`` is passed in, so that the same input has the same facts."""

    journal: Journal
    executions: Runs
    things: Things
    rules: StackRules

    def dispatch(self, event: ValidatedEvent, run: Run, now: datetime) -> Decision:
        """Decide, and accept the event so that no other run works on its thing meanwhile.

        Raises:
            ThingBusyError: another run works on this thing or on its device; try again.
            DeviceConflictError: the device ID is a living thing's.
            InvalidThingError, ImmutableChangeError, StackConfigurationError: as ``decide``.
        """
        state = self.journal.read(run.thing_id)
        if why_outdated(event, state.settled) is None:
            state = self._without_others(state, run, now)
        decision = self._decide(event, replace(state, busy=None), run)
        change = Change(event.operation, event.version_number, run.name)
        if decision.kind == "mirror" and decision.known is not None:
            mirrored = DeviceMirrored(change, decision.known)
            self._append_once_free(Entry(run.thing_id, run.thing_name, state, mirrored, now))
            return decision
        if decision.device_id is None:
            if _settles(event, state):
                skipped = EventSkipped(change, decision.reason)
                self._append(Entry(run.thing_id, run.thing_name, state, skipped, now))
            return decision
        if state.busy is None:
            fields = decision.update.may_write if decision.update else ()
            accepted = EventAccepted(change, run.thing_name, decision.device_id, fields)
            decision = self._accept(decision, Entry(run.thing_id, run.thing_name, state, accepted, now))
        return self._unless_gone(decision, run)

    def _decide(self, event: ValidatedEvent, state: ThingState, run: Run) -> Decision:
        """Decide; a thing that was made from its device and is gone already will not be heard of again."""
        reserved = reserved_for(self.journal, event, state, run)
        decision = decide(event, state, self.rules, reserved=reserved)
        if decision.kind == "mirror" and not self._is_there(run):
            return end_of(state, self.rules, reserved=reserved)
        return decision

    def _is_there(self, run: Run) -> bool:
        thing = self.things.thing(run.thing_name)
        return thing is not None and thing.thing_id == run.thing_id

    def _without_others(self, state: ThingState, run: Run, now: datetime) -> ThingState:
        if state.busy is None or state.busy.run == run.name:
            return state
        return self._ownership(run, now).at_rest(Owner(run.thing_id, run.thing_name), state)

    def _accept(self, decision: Decision, entry: Entry) -> Decision:
        try:
            self._append(entry)
        except OwnerHeldAnswer as held:
            owner = Owner(held.thing_id, held.thing_name, held.is_reserved)
            run = Run(entry.fact.change.run, entry.thing_id, entry.thing_name)
            ownership = self._ownership(run, entry.at)
            if decision.kind in ("create", "claim"):
                ownership.take_from(owner, held.device_id)
            elif not ownership.take_back(owner, held.device_id):
                return self._without(held, decision, entry)
            self._append_once_free(entry)
        return decision

    def _ownership(self, run: Run, now: datetime) -> Ownership:
        return Ownership(self.journal, self.executions, self.things, run, now)

    def _append(self, entry: Entry) -> ThingState:
        try:
            return append_releasing(self.journal, entry)
        except JournalMovedAnswer as moved:
            raise ThingBusyError(f"Another run has just accepted an event of thing {entry.thing_name}.") from moved

    def _append_once_free(self, entry: Entry) -> None:
        try:
            self._append(entry)
        except OwnerHeldAnswer as held:
            raise ThingBusyError(f"Thing {held.thing_name} has just taken device {held.device_id}.") from held

    def _without(self, held: OwnerHeldAnswer, decision: Decision, entry: Entry) -> Decision:
        """Leave to its new owner what was taken over; what else the thing may have is still to be removed."""
        rest = tuple(device_id for device_id in decision.device_ids if device_id != held.device_id)
        if not rest:
            return self._give_up(held, entry)
        accepted = EventAccepted(entry.fact.change, entry.thing_name, rest[0])
        return self._accept(replace(decision, device_id=rest[0], device_ids=rest), replace(entry, fact=accepted))

    def _give_up(self, held: OwnerHeldAnswer, entry: Entry) -> Decision:
        """The thing is gone, and its device was taken over by another: there is nothing left to do for it."""
        fact = DeviceReleased(entry.fact.change, held.device_id, "taken over")
        self._append(replace(entry, fact=fact))
        return Decision("skip", f"device {held.device_id} has been taken over by thing {held.thing_name}")

    def _unless_gone(self, decision: Decision, run: Run) -> Decision:
        """A thing may be deleted before its events arrive; a DELETED that comes after now finds what is accepted."""
        if decision.kind not in ("create", "claim") or self._is_ours_still(run):
            return decision
        device_ids = (decision.device_id or "", *decision.leftovers)
        return Decision("remove", "the thing is gone already", decision.device_id, device_ids=device_ids)

    def _is_ours_still(self, run: Run) -> bool:
        """Tell whether it may have a device; one that AWS IoT does not know any more has its DELETED still to come."""
        thing = self.things.thing(run.thing_name)
        if thing is None:
            return not self.journal.has_tombstone(run.thing_id)
        if thing.thing_id != run.thing_id:
            return False
        return thing.stack_name in (self.rules.stack_name, None)


def _settles(event: ValidatedEvent, state: ThingState) -> bool:
    """Tell whether skipping the event must be known at once, so that no older one is served after it.

    Of a thing that the journal does not know only its end matters.
    """
    known = state.facts > 0 or event.operation == "DELETED"
    return known and why_outdated(event, state.settled) is None
