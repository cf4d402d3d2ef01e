"""UndoDevice: what this very run made before it was rejected goes away; nothing that was there before does."""

from workflows.domain.mark import Mark, mark_in
from workflows.ports import DeviceRegistry
from workflows.ports.journal import Snapshots
from workflows.steps.fence import holds
from workflows.steps.removal import remove_everywhere

# IS read, the claim, AS, NS, JS and IS deleted, beside the fence. The function's timeout rests on it.
CALLS_AT_MOST = 6


def undo_if_held(journal: Snapshots, registry: DeviceRegistry, device_id: str, mark: Mark) -> bool:
    """Undo unless another run has taken the thing over: what is there now is for that one to answer for.

    What the journal had as registered before this run stays, even if the run wrote its identity again: its session may
    live on the other servers.
    """
    state = journal.read(mark.thing_id)
    was_registered = state.device is not None and state.device.device_id == device_id
    return holds(state, mark.run) and not was_registered and undo_device(registry, device_id, mark)


def undo_device(registry: DeviceRegistry, device_id: str, mark: Mark) -> bool:
    """Remove the device if its mark names this run; return whether nothing of this thing's is left."""
    record = registry.identity(device_id)
    found = mark_in(record.attributes) if record else None
    if record is None or found is None or not found.is_of_same_thing(mark):
        return True
    if found.run != mark.run:
        return False
    remove_everywhere(registry, device_id, record)
    return True
