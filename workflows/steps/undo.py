"""UndoDevice: what this very run made before it was rejected goes away; nothing that was there before does."""

from workflows.domain.mark import mark_in
from workflows.ports import DeviceRegistry

# IS read, the claim, AS, NS, JS and IS deleted. The function's timeout rests on it.
CALLS_AT_MOST = 6


def undo_device(registry: DeviceRegistry, device_id: str, *, stack_name: str, run: str) -> bool:
    """Remove the device if its mark names ``run``; return whether it did.

    The claim goes first, since taking it back needs the Identity Server's record; that record goes last, so that an
    undo which broke off can be run again.
    """
    record = registry.identity(device_id)
    mark = mark_in(record.attributes) if record else None
    if record is None or mark is None or (mark.stack_name, mark.run) != (stack_name, run):
        return False
    if record.claimed:
        registry.unclaim(device_id)
    registry.delete_record("as", device_id)
    registry.delete_record("ns", device_id)
    registry.delete_record("js", device_id)
    registry.delete_identity(device_id)
    return True
