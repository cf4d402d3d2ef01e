"""Whose device ID it is: a thing that is gone must give way, a living one must not be robbed."""

from dataclasses import dataclass

from workflows.domain.fold import ThingState
from workflows.errors import DeviceConflictError, OrphanedOwnerError, ThingBusyError
from workflows.ports import Runs, Things
from workflows.ports.journal import Owner, Owners

# Owner, DescribeThing, the owner's HEAD and its run, the owner item deleted. The functions' timeouts rest on it.
CALLS_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Ownership:
    """Decides between two things that want one device ID."""

    journal: Owners
    executions: Runs
    things: Things

    def take(self, device_id: str, thing_id: str) -> None:
        """Free a device ID that ``thing_id`` has come upon, if another thing owns it; raise as ``take_from``."""
        owner = self.journal.owner(device_id)
        if owner is not None and owner.thing_id != thing_id:
            self.take_from(owner, device_id)

    def take_from(self, owner: Owner, device_id: str) -> None:
        """Free a device ID of a thing that is gone and for which nobody works, or that has yet to be made.

        Raises:
            DeviceConflictError: the thing is there.
            ThingBusyError: a run still works for the thing that is gone.
            OrphanedOwnerError: the journal has no facts of the owner.
        """
        thing = self.things.thing(owner.thing_name)
        if thing is not None and owner.thing_id in ("", thing.thing_id):
            raise DeviceConflictError(
                f"Device {device_id} belongs to thing {owner.thing_name}. "
                "Delete one of the two things, or correct its devEUI or deviceID."
            )
        if owner.is_born:
            return self.journal.unreserve(device_id, owner)
        self._state_at_rest(owner, device_id)
        return self.journal.free(device_id, owner)

    def take_back(self, owner: Owner, device_id: str) -> bool:
        """Free a device ID that ``owner`` took over, unless it has its device there; tell whether it is free.

        A thing that is made from a device has it there.

        A taker that has not come that far may never do, and then nobody else would know of the first one's device.

        Raises:
            ThingBusyError, OrphanedOwnerError: as ``take_from``.
        """
        if owner.is_born:
            return False
        device = self._state_at_rest(owner, device_id).device
        if device is not None and device.device_id == device_id:
            return False
        self.journal.free(device_id, owner)
        return True

    def _state_at_rest(self, owner: Owner, device_id: str) -> ThingState:
        state = self.journal.read(owner.thing_id)
        if state.facts == 0:
            raise OrphanedOwnerError(
                f"Device {device_id} belongs to thing {owner.thing_name} ({owner.thing_id}), of which the journal has "
                "no facts. Restore the journal, or delete the owner item, then redrive."
            )
        if state.busy is not None and self.executions.is_running(state.busy.run):
            raise ThingBusyError(f"{state.busy.run} still works on device {device_id}.")
        return state
