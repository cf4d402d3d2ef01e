"""UndoDevice: removes the device that a rejected run registered or half-made. What was registered before stays."""

from workflows.domain.device import IdentityRecord
from workflows.domain.mark import Mark, mark_in
from workflows.ports.journal import Snapshots
from workflows.ports.things_stack import DeviceRegistry
from workflows.steps.fence import holds
from workflows.steps.removal import remove_everywhere

# Read IS; delete the claim, AS, NS, JS and IS; read IS of a device that was found. The fence is counted apart.
# The function's timeout depends on it.
CALLS_AT_MOST = 6 + 1


def undo_if_held(journal: Snapshots, registry: DeviceRegistry, device_id: str, mark: Mark) -> bool:
    """Undo if the run still holds the thing. Otherwise another run has taken it over, and is responsible.

    A device that was registered before this run stays, even if this run wrote its identity record again: the other
    servers may have its session. A device that was found stays, too; if it has this thing's mark, so does its ID.
    """
    state = journal.read(mark.thing_id)
    was_registered = state.device is not None and state.device.device_id == device_id
    if was_registered or not holds(state, mark.run):
        return False
    found = state.attempt.found if state.attempt else None
    return undo_device(registry, device_id, mark) and not (found and _own_mark(registry.identity(found), mark))


def undo_device(registry: DeviceRegistry, device_id: str, mark: Mark) -> bool:
    """Remove the device if its mark names this run. Return whether nothing of this thing is left."""
    record = registry.identity(device_id)
    own = _own_mark(record, mark)
    if record is None or own is None:
        return True
    if own.run != mark.run:
        return False
    remove_everywhere(registry, device_id, record)
    return True


def _own_mark(record: IdentityRecord | None, mark: Mark) -> Mark | None:
    """Return the record's mark if it names the thing of ``mark``."""
    found = mark_in(record.attributes) if record else None
    return found if found and found.is_of_same_thing(mark) else None
