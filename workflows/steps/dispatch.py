"""Dispatch: an event and the state of its thing ► the decision, accepted in the journal."""

from dataclasses import replace
from datetime import datetime

from workflows.domain.decision import Decision, StackRules, ValidatedEvent, decide, decide_deletion, why_outdated
from workflows.domain.event import is_late
from workflows.domain.facts import (
    Change,
    DeviceMirrored,
    DeviceReleased,
    EventAccepted,
    EventSkipped,
)
from workflows.domain.fold import ThingState
from workflows.domain.run import Run
from workflows.errors import DeletionHeldError, JournalMovedAnswer, OwnerHeldAnswer, ThingBusyError
from workflows.ports.journal import Entry, Journal, Owner, Permits
from workflows.ports.runs import Runs
from workflows.ports.things import Things
from workflows.steps.ownership import Ownership
from workflows.steps.releasing import append_releasing
from workflows.steps.reserved import reserved_for
from workflows.values import value

# 4: read the snapshot, check its run, record that run as failed, accept the event.
# 2 * 6, if another thing owns a device ID (a removal may name two): DescribeThing, read its snapshot, check its run,
# record that run as failed, free the ID, accept again.
# 2: DescribeThing of the thing itself, read its tombstone.
# 2, if the thing was made from its device: read the owner, DescribeThing.
# 3, before a registered device is removed: read the owner, count the removal, use an allowance.
# The function's timeout depends on it.
CALLS_AT_MOST = 4 + 2 * 6 + 2 + 2 + 3


@value
class Dispatcher:
    """``now`` is an argument: the same input always gives the same facts."""

    journal: Journal
    runs: Runs
    things: Things
    rules: StackRules
    permits: Permits

    def dispatch(self, event: ValidatedEvent, run: Run, now: datetime) -> Decision:
        """Decide, and accept the event in the journal. While it is accepted, no other run works on its thing.

        Raises:
            ThingBusyError: another run works on this thing or on its device; try again.
            DeviceConflictError: the device ID belongs to a thing that exists.
            DeletionHeldError: no more devices may be removed in this hour.
            InvalidThingError, ImmutableChangeError, StackConfigurationError: as ``decide``.
        """
        state = self.journal.read(run.thing_id)
        if why_outdated(event, state.settled) is None:
            state = self._end_other_run(state, run, now)
        decision = self._decide(event, state, run, is_late=is_late(event.occurred_at_ms, now))
        change = Change(event.operation, event.version_number, run.name)
        if decision.kind == "mirror" and decision.known is not None:
            mirrored = DeviceMirrored(change, decision.known)
            self._append_or_busy(Entry(run.thing_id, run.thing_name, state, mirrored, now))
            return decision
        if decision.device_id is None:  # a skip
            if _must_record_skip(event, state):
                skipped = EventSkipped(change, decision.reason)
                self._append(Entry(run.thing_id, run.thing_name, state, skipped, now))
            return decision
        if state.busy is None:  # else an earlier try of this run has accepted the event, with a permit for a removal
            self._require_permit(decision, run, now)
            dev_eui = event.examined.thing.dev_eui or ""
            accepted = EventAccepted(change, run.thing_name, decision.device_id, decision.may_write, dev_eui)
            decision = self._accept(decision, Entry(run.thing_id, run.thing_name, state, accepted, now), run)
        return self._remove_if_gone(decision, run, is_late=is_late(event.occurred_at_ms, now))

    def _decide(self, event: ValidatedEvent, state: ThingState, run: Run, *, is_late: bool) -> Decision:
        """Decide. If a mirrored device's thing is already gone, decide its deletion: no DELETED may follow."""
        reserved = reserved_for(self.journal, event, state, run)
        decision = decide(event, state, self.rules, reserved=reserved)
        if decision.kind == "mirror" and self._is_gone(run, is_late=is_late):
            return decide_deletion(state, self.rules, reserved=reserved)
        return decision

    def _is_gone(self, run: Run, *, is_late: bool) -> bool:
        """Return whether the thing was certainly deleted: its device is removed for that."""
        thing = self.things.thing(run.thing_name)
        if thing is None:
            return self._has_ended(run, is_late=is_late)
        return thing.thing_id != run.thing_id

    def _has_ended(self, run: Run, *, is_late: bool) -> bool:
        """Return whether a thing that AWS IoT does not show was deleted: it may only not be there yet.

        If the event ``is_late``, the thing's tombstone may have expired.
        """
        return is_late or self.journal.has_tombstone(run.thing_id)

    def _end_other_run(self, state: ThingState, run: Run, now: datetime) -> ThingState:
        if state.busy is None or state.busy.run == run.name:
            return state
        return self._ownership(run, now).end_dead_run(Owner(run.thing_id, run.thing_name), state)

    def _accept(self, decision: Decision, entry: Entry, run: Run) -> Decision:
        try:
            self._append(entry)
        except OwnerHeldAnswer as held:
            owner = Owner(held.thing_id, held.thing_name, held.is_reserved)
            ownership = self._ownership(run, entry.at)
            if decision.kind in ("create", "claim"):
                ownership.free_if_gone(owner, held.device_id)
            elif not ownership.free_if_unused(owner, held.device_id):
                return self._decide_for_the_rest(held, decision, entry, run)
            elif decision.kind == "remove" and decision.device_id == held.device_id:
                self._take_permit(held.device_id, entry.at)
            self._append_or_busy(entry)
        return decision

    def _require_permit(self, decision: Decision, run: Run, now: datetime) -> None:
        """Take a permit before a removal is accepted. A device that another thing owns by now is not removed.

        What a failed run left half-made counts as well: it may be a whole device that the run had taken over.
        """
        if decision.kind != "remove" or decision.device_id is None or not self.rules.deletions_per_hour:
            return
        owner = self.journal.owner(decision.device_id)
        if owner is None or owner.is_reserved or owner.thing_id == run.thing_id:
            self._take_permit(decision.device_id, now)

    def _take_permit(self, device_id: str, now: datetime) -> None:
        per_hour = self.rules.deletions_per_hour
        if per_hour and not self.permits.take(now, per_hour=per_hour):
            raise DeletionHeldError(
                f"Device {device_id} was not removed: the stack's limit on removals in an hour is reached "
                f"(DeletionsPerHour is {per_hour})."
            )

    def _ownership(self, run: Run, now: datetime) -> Ownership:
        return Ownership(self.journal, self.runs, self.things, run, now)

    def _append(self, entry: Entry) -> ThingState:
        try:
            return append_releasing(self.journal, entry)
        except JournalMovedAnswer as moved:
            raise ThingBusyError(f"Another run has just accepted an event of thing {entry.thing_name}.") from moved

    def _append_or_busy(self, entry: Entry) -> None:
        try:
            self._append(entry)
        except OwnerHeldAnswer as held:
            raise ThingBusyError(f"Thing {held.thing_name} has just taken device {held.device_id}.") from held

    def _decide_for_the_rest(self, held: OwnerHeldAnswer, decision: Decision, entry: Entry, run: Run) -> Decision:
        """Leave the device to the thing that took it over; remove the other devices of this thing."""
        rest = tuple(device_id for device_id in decision.device_ids if device_id != held.device_id)
        if not rest:
            return self._record_taken_over(held, entry)
        accepted = EventAccepted(entry.fact.change, entry.thing_name, rest[0])
        return self._accept(replace(decision, device_id=rest[0], device_ids=rest), replace(entry, fact=accepted), run)

    def _record_taken_over(self, held: OwnerHeldAnswer, entry: Entry) -> Decision:
        """Record that another thing has taken over the only device of a deleted thing; nothing is left to remove."""
        fact = DeviceReleased(entry.fact.change, held.device_id, "taken over")
        self._append(replace(entry, fact=fact))
        return Decision("skip", f"thing {held.thing_name} has taken over device {held.device_id}")

    def _remove_if_gone(self, decision: Decision, run: Run, *, is_late: bool) -> Decision:
        """If the thing is already gone, register nothing, and remove what earlier runs may have left.

        A DELETED that arrives later finds the accepted event, so Ingest knows that the thing was ours.
        """
        if decision.kind not in ("create", "claim") or self._may_have_device(run, is_late=is_late):
            return decision
        device_ids = (decision.device_id or "", *decision.leftovers)
        return Decision("remove", "the thing is already gone", decision.device_id, device_ids=device_ids)

    def _may_have_device(self, run: Run, *, is_late: bool) -> bool:
        """Return whether the thing may have a device.

        A thing that is gone and has no tombstone may: its DELETED is still to come, and will remove the device, since
        it finds the accepted event.
        """
        thing = self.things.thing(run.thing_name)
        if thing is None:
            return not self._has_ended(run, is_late=is_late)
        if thing.thing_id != run.thing_id:
            return False
        return thing.stack_name in (self.rules.stack_name, None)


def _must_record_skip(event: ValidatedEvent, state: ThingState) -> bool:
    """Return whether the journal must record the skipped event: then no older event is processed after it.

    Of a thing without facts, only its deletion is recorded.
    """
    known = state.facts > 0 or event.operation == "DELETED"
    return known and why_outdated(event, state.settled) is None
