"""Whose device ID it is: a thing that is gone must give way, a living one must not be robbed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from workflows.domain.device import DeviceIds
from workflows.domain.facts import EventFailed
from workflows.domain.fold import ThingState, may_have_left
from workflows.domain.work import Run
from workflows.errors import DeviceConflictError, JournalMovedAnswer, OrphanedOwnerError, ThingBusyError
from workflows.ports import CurrentThing, Runs, Things
from workflows.ports.journal import Entry, Journal, Owner

# Owner, DescribeThing, the owner's snapshot, its run, that run found dead, the owner item freed; the snapshot of the
# thing whose mark the device bears, which may be the one that asks. The functions' timeouts rest on it.
CALLS_AT_MOST = 7

# ours: of the very thing that asks; left behind: by a thing that is gone; kept: by the will of its thing's user or the
# operator, and nobody's now; another's: given to another stack, or never this one's.
DeviceOwnership = Literal["ours", "left behind", "retained", "another's"]


@dataclass(frozen=True, slots=True)
class Ownership:
    """Decides between two things that want one device ID; ``run`` asks, for its thing and at this moment.

    ``retains``: the devices of things that are gone stay, also those whose DELETED has not been served yet.
    """

    journal: Journal
    executions: Runs
    things: Things
    run: Run
    at: datetime
    retains: bool = False

    def take(self, found: DeviceIds, marked: str | None) -> DeviceOwnership:
        """Free the ID of the device that the run has come upon, if another thing owns it; raise as ``take_from``.

        Return whose the device is that bears the mark of the thing ``marked``, None for no mark of this stack.
        """
        owner = self.journal.owner(found.device_id)
        if owner is not None and owner.thing_id != self.run.thing_id:
            self.take_from(owner, found.device_id)
        if marked is None:
            return "another's"
        return self._own(found) if marked == self.run.thing_id else self._left_by(marked, found)

    def _own(self, found: DeviceIds) -> DeviceOwnership:
        """The mark of the thing that asks may have been copied, too: onto a device that it never aimed at."""
        state = self.journal.read(self.run.thing_id)
        is_its = may_have_left(state, found.device_id) or found.device_id in state.retained
        return "ours" if is_its or state.facts == 0 else "another's"

    def take_from(self, owner: Owner, device_id: str) -> None:
        """Free a device ID of a thing that is gone and for which nobody works, or that has yet to be made.

        Raises:
            DeviceConflictError: the thing is there.
            ThingBusyError: a run still works for the thing, or has just begun to.
            OrphanedOwnerError: the journal has no facts of the owner.
        """
        thing = self.things.thing(owner.thing_name)
        if owner.is_reserved:
            return self._take_reserved(owner, thing, device_id)
        state = self._known(owner, device_id)
        if thing is not None and thing.thing_id == owner.thing_id:
            self._wait_for(owner, state)
            raise _conflict(owner, device_id)
        return self._free(owner, state, device_id)

    def _take_reserved(self, owner: Owner, thing: CurrentThing | None, device_id: str) -> None:
        """Nobody works for a thing that is being made, or of which no event has been served yet."""
        if thing is not None and owner.thing_id in ("", thing.thing_id):
            raise _conflict(owner, device_id)
        self.journal.unreserve(device_id, owner)

    def take_back(self, owner: Owner, device_id: str) -> bool:
        """Free a device ID that ``owner`` took over, unless it has its device there; tell whether it is free.

        A thing that is made from a device has it there.

        A taker that has not come that far may never do, and then nobody else would know of the first one's device.

        Raises:
            ThingBusyError, OrphanedOwnerError: as ``take_from``.
        """
        if owner.is_reserved:
            return False
        state = self._known(owner, device_id)
        self._wait_for(owner, state)
        if state.device is not None and state.device.device_id == device_id:
            return False
        self._free(owner, state, device_id)
        return True

    def at_rest(self, owner: Owner, state: ThingState) -> ThingState:
        """Return the state of ``owner`` with no run at work; what one that is dead leaves behind is a failure.

        So a run that is started again from its middle finds that it holds the thing no more.

        Raises:
            ThingBusyError: a run works for the thing, or has just begun to.
        """
        if state.busy is None:
            return state
        self._wait_for(owner, state)
        failed = EventFailed(state.busy, "UnreportedRunError", found_by=self.run.name)
        try:
            return self.journal.append(Entry(owner.thing_id, owner.thing_name, state, failed, self.at))
        except JournalMovedAnswer as moved:
            raise ThingBusyError(f"Another run has just written to the journal of thing {owner.thing_name}.") from moved

    def _wait_for(self, owner: Owner, state: ThingState) -> None:
        """Ask for the holder on conflict alone: DescribeExecution refills at 10 to 15 a second."""
        if state.busy is not None and self.executions.is_running(state.busy.run):
            raise ThingBusyError(f"{state.busy.run} works on thing {owner.thing_name}.")

    def _free(self, owner: Owner, state: ThingState, device_id: str) -> None:
        self.journal.free(device_id, owner, facts=self.at_rest(owner, state).facts)

    def _known(self, owner: Owner, device_id: str) -> ThingState:
        state = self.journal.read(owner.thing_id)
        if state.facts == 0:
            raise OrphanedOwnerError(
                f"Device {device_id} belongs to thing {owner.thing_name} ({owner.thing_id}), of which the journal has "
                "no facts. Restore the journal, or delete the owner item, then redrive."
            )
        return state

    def _left_by(self, thing_id: str, found: DeviceIds) -> DeviceOwnership:
        """Tell what a device is that its thing does not own; what the journal does not know may have been kept.

        A mark may have been copied, as by people who make a device of another's export: onto a device that is another
        by its EUIs, or that the thing never had, and that is nobody's to remove.
        """
        state = self.journal.read(thing_id)
        device = state.device if state.device and state.device.device_id == found.device_id else None
        if device is not None and device.ids != found:
            return "another's"
        if may_have_left(state, found.device_id) and found.device_id not in state.retained:
            is_half_made = device is None and state.attempt is not None and found.device_id in state.attempt.device_ids
            return "retained" if self.retains and not is_half_made else "left behind"
        is_there = state.settled is not None and state.settled.operation != "DELETED"
        return "another's" if is_there else "retained"


def _conflict(owner: Owner, device_id: str) -> DeviceConflictError:
    return DeviceConflictError(
        f"Device {device_id} belongs to thing {owner.thing_name}. "
        "Delete one of the two things, or correct its devEUI or deviceID."
    )
