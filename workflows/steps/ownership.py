"""Decides which thing owns a device ID. A thing that exists keeps it; a deleted thing loses it to a new one."""

from dataclasses import replace
from datetime import datetime
from typing import Literal

from workflows.domain import labels
from workflows.domain.attributes import MERGED, NO_VALUES, DeviceValues
from workflows.domain.device import DeviceIds
from workflows.domain.facts import DeviceFound, EventFailed, RegisteredDevice
from workflows.domain.fold import ThingState, has_found, may_have_left, owned
from workflows.domain.planning import half_written_beside_others
from workflows.domain.run import UNREPORTED, Run
from workflows.domain.updating import KEYS_FIELD
from workflows.errors import (
    DeviceConflictError,
    JournalMovedAnswer,
    OrphanedOwnerError,
    OwnerHeldAnswer,
    SupersededError,
    ThingBusyError,
    UnreportedRunError,
)
from workflows.ports.journal import Entry, Journal, Owner
from workflows.ports.runs import Runs
from workflows.ports.things import CurrentThing, Things
from workflows.steps.fence import holds
from workflows.steps.releasing import append_releasing
from workflows.values import value

# Read the owner, DescribeThing, read the owner's snapshot, check its run, record that run as failed, free the ID; read
# the snapshot of the thing in the device's mark, which may be this run's thing, and DescribeThing; read this thing's
# snapshot and record the device as found; read once more the snapshot of the thing that is gone (``former``,
# ``left_by``). The functions' timeouts depend on it.
CALLS_AT_MOST = 11

# DescribeExecution may not know a run that has just been started. After so many retries (statemachine.asl.json: two
# minutes on average, less than ten seconds in four of a million cases) an unknown run is gone.
RETRIES_UNTIL_SHOWN = 6

# this thing's: the thing of this run registered it, in whole or in part.
# left behind: its thing is gone. It may be written over or removed.
# retained: its thing is gone, and the user or the operator left the device on purpose.
# not ours: somebody else registered it, or this stack handed it over. It may only be adopted.
DeviceOwnership = Literal["this thing's", "left behind", "retained", "not ours"]


@value
class Ownership:
    """Decides between two things that want one device ID. ``run`` wants it for its thing; ``at`` is the time now.

    ``retains``: devices of deleted things stay, even if the DELETED event is not processed yet.
    """

    journal: Journal
    runs: Runs
    things: Things
    run: Run
    at: datetime
    retains: bool = False

    def resolve(self, found: DeviceIds, marked: str | None) -> DeviceOwnership:
        """Return whose the found device is. If another thing owns its ID in the journal, first free the ID or raise.

        If the run may write to the device or remove it, its thing then owns the ID.
        ``marked`` is the ID of the thing in the device's mark; None without a mark of this stack.

        Raises:
            SupersededError: the run no longer holds its thing. Otherwise as ``free_if_gone``.
        """
        owner = self.journal.owner(found.device_id)
        is_mine = owner is not None and owner.thing_id == self.run.thing_id
        if owner is not None and not is_mine:
            self.free_if_gone(owner, found.device_id)
        ownership = self._ownership(found, marked)
        if ownership in ("left behind", "retained") and not is_mine:
            self._take(found.device_id)
        return ownership

    def former(self, thing_id: str, found: DeviceIds) -> RegisteredDevice | None:
        """Return the found device as the thing in its mark has or had it; None if the journal does not know it so.

        The fingerprints are left out if that thing's keys may be half written.
        """
        state = self.journal.read(thing_id)
        device = state.device or state.former
        if device is None or device.ids != found:
            return None
        return replace(device, fingerprints={}) if state.attempt and KEYS_FIELD in state.attempt.fields else device

    def left_by(self, thing_id: str, found: DeviceIds) -> DeviceValues:
        """Return the labels and the place that the thing in the found device's mark gave it, or may have given it."""
        state = self.journal.read(thing_id)
        device = state.device or state.former
        known = device.values.only(MERGED) if device and device.ids == found else NO_VALUES
        half_written = half_written_beside_others(state.attempt.fields if state.attempt else ())
        both = labels.named(known.labels) + labels.named(half_written.labels)
        return replace(known.over(half_written), labels=labels.among(both) or None)

    def keep(self, device_id: str) -> None:
        """Let the thing keep a device that an earlier run of it took over, though this run is rejected.

        A device that was found stays, and so does its ID as long as the device has this thing's mark (``steps.undo``).
        If the thing no longer owns the ID, there is nothing to keep.

        Raises:
            SupersededError, ThingBusyError: as ``resolve``.
        """
        owner = self.journal.owner(device_id)
        if owner is not None and owner.thing_id == self.run.thing_id:
            self._take(device_id)

    def _take(self, device_id: str) -> None:
        """Record the device as found: of two things that find it at the same moment, only one may write to it."""
        state = self.journal.read(self.run.thing_id)
        if state.busy is None or not holds(state, self.run.name):
            raise SupersededError(f"Another run took thing {self.run.thing_name} over; deciding again.")
        found = DeviceFound(state.busy, device_id)
        try:
            append_releasing(self.journal, Entry(self.run.thing_id, self.run.thing_name, state, found, self.at))
        except (JournalMovedAnswer, OwnerHeldAnswer) as faster:
            raise ThingBusyError(f"Another run was faster to take device {device_id}.") from faster

    def _ownership(self, found: DeviceIds, marked: str | None) -> DeviceOwnership:
        if marked is None:
            return "not ours"
        if marked == self.run.thing_id:
            return self._ownership_by_own_mark(found)
        return self._ownership_by_mark(marked, found)

    def _ownership_by_own_mark(self, found: DeviceIds) -> DeviceOwnership:
        """Somebody may have copied this thing's mark to a device that the thing never had."""
        state = self.journal.read(self.run.thing_id)
        had_it = may_have_left(state, found.device_id) or found.device_id in state.retained
        if had_it or state.facts == 0:
            return "this thing's"
        return "retained" if has_found(state, found.device_id) else "not ours"

    def free_if_gone(self, owner: Owner, device_id: str) -> None:
        """Free the device ID if its owner is gone and no run works for it, or if the owner was never created.

        Raises:
            DeviceConflictError: the owner exists.
            ThingBusyError: a run works for the owner, or has just begun to.
            OrphanedOwnerError: the journal has no facts of the owner.
        """
        thing = self.things.thing(owner.thing_name)
        if owner.is_reserved:
            return self._free_reserved(owner, thing, device_id)
        state = self._state_of(owner, device_id)
        if thing is not None and thing.thing_id == owner.thing_id:
            self._ensure_idle(owner, state)
            raise _conflict(owner, device_id)
        return self._free(owner, state, device_id)

    def _free_reserved(self, owner: Owner, thing: CurrentThing | None, device_id: str) -> None:
        """Free a reserved ID, unless its thing exists. No run works for it: none of its events was accepted."""
        if thing is not None and owner.thing_id in ("", thing.thing_id):
            raise _conflict(owner, device_id)
        self.journal.unreserve(device_id, owner)

    def free_if_unused(self, owner: Owner, device_id: str) -> bool:
        """Free a device ID that ``owner`` took over, unless ``owner`` has its device there. Return whether it is free.

        A thing that was made from its device has it there. Another owner may fail before it registers a device; then
        no thing would know of the device that the first thing left.

        Raises:
            ThingBusyError, OrphanedOwnerError: as ``free_if_gone``.
        """
        if owner.is_reserved:
            return False
        state = self._state_of(owner, device_id)
        self._ensure_idle(owner, state)
        if state.device is not None and state.device.device_id == device_id:
            return False
        self._free(owner, state, device_id)
        return True

    def end_dead_run(self, owner: Owner, state: ThingState) -> ThingState:
        """Record a run of ``owner`` that ended without an outcome as failed; return the state with no run at work.

        If that run is restarted in its middle, it finds that it no longer holds the thing.

        Raises:
            ThingBusyError: a run works for the thing, or has just begun to.
        """
        if state.busy is None:
            return state
        self._ensure_idle(owner, state)
        failed = EventFailed(
            state.busy,
            UnreportedRunError.__name__,
            found_by=self.run.name,
            message=UNREPORTED,
            dev_eui=state.dev_eui,
        )
        try:
            return self.journal.append(Entry(owner.thing_id, owner.thing_name, state, failed, self.at))
        except JournalMovedAnswer as moved:
            raise ThingBusyError(f"Another run has just written to the journal of thing {owner.thing_name}.") from moved

    def _ensure_idle(self, owner: Owner, state: ThingState) -> None:
        """Raise ``ThingBusyError`` if a run works for the owner.

        Called on conflict only: an account has 10 to 15 DescribeExecution a second.
        """
        if state.busy is None:
            return
        found = self.runs.state_of(state.busy.run)
        if found == "running" or (found == "unknown" and self.run.retries < RETRIES_UNTIL_SHOWN):
            raise ThingBusyError(f"{state.busy.run} works on thing {owner.thing_name}.")

    def _free(self, owner: Owner, state: ThingState, device_id: str) -> None:
        self.journal.free(device_id, owner, facts=self.end_dead_run(owner, state).facts)

    def _state_of(self, owner: Owner, device_id: str) -> ThingState:
        state = self.journal.read(owner.thing_id)
        if state.facts == 0:
            raise OrphanedOwnerError(
                f"Device {device_id} belongs to thing {owner.thing_name} ({owner.thing_id}), but the journal has no "
                "facts of that thing. Restore the journal, or delete the owner item, then redrive."
            )
        return state

    def _ownership_by_mark(self, thing_id: str, found: DeviceIds) -> DeviceOwnership:
        """Return whose the device with another thing's mark is.

        Somebody may have copied the mark, with another device's export: to a device with other EUIs, or to one that the
        thing never had. Thingsync must not remove such a device. A thing that the journal does not know may live in
        another account or region, and be of a stack of the same name.
        """
        state = self.journal.read(thing_id)
        if state.facts == 0:
            return "not ours"
        device = state.device if state.device and state.device.device_id == found.device_id else None
        if device is not None and device.ids != found:
            return "not ours"
        if found.device_id in owned(state):
            self._ensure_gone(Owner(thing_id, state.thing_name), found.device_id)
        if may_have_left(state, found.device_id) and found.device_id not in state.retained:
            is_half_made = device is None and state.attempt is not None and found.device_id in state.attempt.device_ids
            return "retained" if self.retains and not is_half_made else "left behind"
        exists = state.settled is not None and state.settled.operation != "DELETED"
        return "not ours" if exists and not has_found(state, found.device_id) else "retained"

    def _ensure_gone(self, marked: Owner, device_id: str) -> None:
        """Raise ``DeviceConflictError`` if the thing in the device's mark exists.

        A thing owns its device's ID as long as it exists, unless somebody removed the owner item, or did not restore it
        with the thing's facts. The snapshot lacks the name only of a thing that a device was there before.
        """
        thing = self.things.thing(marked.thing_name) if marked.thing_name else None
        if thing is not None and thing.thing_id == marked.thing_id:
            raise _conflict(marked, device_id)


def _conflict(owner: Owner, device_id: str) -> DeviceConflictError:
    return DeviceConflictError(
        f"Device {device_id} belongs to thing {owner.thing_name}. "
        "Delete one of the two things, or correct the devEUI of this one, or give it another deviceID."
    )
