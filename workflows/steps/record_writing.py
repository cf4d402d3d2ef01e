"""Writes a device's record to a server, and removes records of half-made or half-deleted devices in its way."""

from collections.abc import Callable, Container, Mapping

from workflows.domain.attribute import Server
from workflows.domain.device import DeviceIds
from workflows.errors import (
    DeviceConflictError,
    EuisFixedAnswer,
    EuisTakenAnswer,
    RegistryAnswer,
    RegistryUnavailableError,
)
from workflows.ports.things_stack import DeviceRegistry


class _Any(Container[str]):
    """All device IDs."""

    def __contains__(self, _: object) -> bool:
        return True


ANY = _Any()

_NAMES: Mapping[Server, str] = {"js": "Join Server", "ns": "Network Server", "as": "Application Server"}

# At most two: one with this ID and other EUIs, one with these EUIs and another ID.
_ORPHANS_AT_MOST = 2


def write_record(
    registry: DeviceRegistry,
    server: Server,
    ids: DeviceIds,
    write: Callable[[], None],
    *,
    may_remove: Container[str] = ANY,
) -> None:
    """Call ``write``; remove the orphans in its way.

    An orphan is a record on this server whose device the Identity Server does not have, or has with another DevEUI.
    ``may_remove``: the device IDs whose records may be removed. ANY if the Identity Server's record of ``ids`` is ours:
    then no other device has this ID. For an adopted device, only what Thingsync created for the same thing.
    If this very device holds the EUIs, another write was faster, or its answer was lost: write again, remove nothing.

    Raises:
        DeviceConflictError: a record in the way may not be removed.
        RegistryUnavailableError: other writes were faster again and again.
    """
    for _ in range(_ORPHANS_AT_MOST):
        try:
            return write()
        except EuisFixedAnswer as fixed:
            if ids.device_id not in may_remove:
                raise _stays(fixed, f"device {ids.device_id} from the {_NAMES[server]}, and from no other,") from fixed
            registry.delete_record(server, ids.device_id)
        except EuisTakenAnswer as taken:
            if not _holds_euis_itself(registry, server, ids, taken):
                _remove_orphan(registry, server, _orphan_id(registry, ids, taken), may_remove, why=taken)
    return _write_last_time(registry, ids, write)


def _write_last_time(registry: DeviceRegistry, ids: DeviceIds, write: Callable[[], None]) -> None:
    """Write for the last time. A holder without a name is this device: its record was there at the earlier tries."""
    try:
        write()
    except EuisFixedAnswer as fixed:
        raise DeviceConflictError(str(fixed)) from fixed
    except EuisTakenAnswer as taken:
        if taken.device_id is None or _is_holder(registry, ids, taken):
            raise RegistryUnavailableError(
                f"Others wrote device {ids.device_id} at the same time; trying again. {taken}"
            ) from taken
        raise DeviceConflictError(str(taken)) from taken


def _holds_euis_itself(registry: DeviceRegistry, server: Server, ids: DeviceIds, taken: EuisTakenAnswer) -> bool:
    """Return whether this very device holds the EUIs. If no holder is named: whether its record exists now."""
    if taken.device_id is None:
        return registry.has_record(server, ids.device_id)
    return _is_holder(registry, ids, taken)


def _is_holder(registry: DeviceRegistry, ids: DeviceIds, taken: EuisTakenAnswer) -> bool:
    return (taken.device_id, taken.application_id) == (ids.device_id, registry.application_id)


def _remove_orphan(
    registry: DeviceRegistry, server: Server, device_id: str, may_remove: Container[str], *, why: EuisTakenAnswer
) -> None:
    if device_id not in may_remove:
        # The other servers have the rest of the same device, which would be the next conflict.
        raise _stays(why, f"device {device_id} from the Join, Network and Application Server") from why
    registry.delete_record(server, device_id)


def _stays(why: RegistryAnswer, what: str) -> DeviceConflictError:
    return DeviceConflictError(
        f"{why}. Thingsync does not know whose this record is, so it stays. Delete {what} of The Things Stack by its "
        "HTTP API, then make any update to this thing."
    )


def _is_there(registry: DeviceRegistry, device_id: str, dev_eui: str) -> bool:
    """Return whether the Identity Server has this device; one of another DevEUI has but its ID in common with it."""
    record = registry.identity(device_id)
    return record is not None and record.ids.dev_eui == dev_eui


def _orphan_id(registry: DeviceRegistry, ids: DeviceIds, taken: EuisTakenAnswer) -> str:
    ours = taken.application_id == registry.application_id
    if taken.device_id is None or not ours or _is_there(registry, taken.device_id, ids.dev_eui):
        raise DeviceConflictError(
            f"DevEUI {ids.dev_eui} with JoinEUI {ids.join_eui} is held by device {taken.device_id or '(not named)'} "
            f"of application {taken.application_id or '(not named)'}. Remove that device, or delete this thing."
        ) from taken
    return taken.device_id
