"""Writing a device's record to a server that an earlier half-made or half-deleted device may stand in the way of."""

from collections.abc import Callable, Container, Mapping

from workflows.domain.device import DeviceIds
from workflows.errors import (
    DeviceConflictError,
    EuisFixedAnswer,
    EuisTakenAnswer,
    RegistryAnswer,
    RegistryUnavailableError,
)
from workflows.ports import DeviceRegistry, Server


class _Any(Container[str]):
    """All device IDs."""

    def __contains__(self, _: object) -> bool:
        return True


ANY = _Any()

_NAMES: Mapping[Server, str] = {"js": "Join Server", "ns": "Network Server", "as": "Application Server"}

# An orphan of this ID with other EUIs, and one of these EUIs under another ID: there cannot be more.
_ORPHANS_AT_MOST = 2


def place(
    registry: DeviceRegistry,
    server: Server,
    ids: DeviceIds,
    write: Callable[[], None],
    *,
    clears: Container[str] = ANY,
) -> None:
    """Call ``write``; remove orphans in its way, records whose device the Identity Server does not know.

    ``clears``: the device IDs whose records may be removed. Any, where the Identity Server's record of ``ids`` is ours,
    so that whatever stands under its ID is no other device's; beside a device that was there before its thing none but
    what Thingsync made for the same thing.
    Where the EUIs are held by this very device, another write was faster, perhaps one whose answer was lost: it is
    written again, and its record stays. Raise ``DeviceConflictError`` for what may not be cleared away,
    ``RegistryUnavailableError`` if other writes were faster again and again.
    """
    for _ in range(_ORPHANS_AT_MOST):
        try:
            return write()
        except EuisFixedAnswer as fixed:
            if ids.device_id not in clears:
                raise _stays(fixed, f"device {ids.device_id} from the {_NAMES[server]}, and from no other,") from fixed
            registry.delete_record(server, ids.device_id)
        except EuisTakenAnswer as taken:
            if not _is_itself(registry, server, ids, taken):
                _clear_orphan(registry, server, _orphan(registry, ids, taken), clears, why=taken)
    return _write_at_last(registry, ids, write)


def _write_at_last(registry: DeviceRegistry, ids: DeviceIds, write: Callable[[], None]) -> None:
    """A holder that is still not named has been told from another device before: its record was there."""
    try:
        write()
    except EuisFixedAnswer as fixed:
        raise DeviceConflictError(str(fixed)) from fixed
    except EuisTakenAnswer as taken:
        if taken.device_id is None or _is_named(registry, ids, taken):
            raise RegistryUnavailableError(
                f"Device {ids.device_id} was written by others at the same time; trying again. {taken}"
            ) from taken
        raise DeviceConflictError(str(taken)) from taken


def _is_itself(registry: DeviceRegistry, server: Server, ids: DeviceIds, taken: EuisTakenAnswer) -> bool:
    """Tell whether this very device holds the EUIs; where no holder is named, whether its record is there by now."""
    if taken.device_id is None:
        return registry.has_record(server, ids.device_id)
    return _is_named(registry, ids, taken)


def _is_named(registry: DeviceRegistry, ids: DeviceIds, taken: EuisTakenAnswer) -> bool:
    return (taken.device_id, taken.application_id) == (ids.device_id, registry.application_id)


def _clear_orphan(
    registry: DeviceRegistry, server: Server, device_id: str, clears: Container[str], *, why: EuisTakenAnswer
) -> None:
    if device_id not in clears:
        # What is on the other servers is left of the same device, and would be in the way next.
        raise _stays(why, f"device {device_id} from the Join, Network and Application Server") from why
    registry.delete_record(server, device_id)


def _stays(why: RegistryAnswer, what: str) -> DeviceConflictError:
    return DeviceConflictError(
        f"{why}. Thingsync does not know whose this record is, so it stays. Delete {what} of The Things Stack by its "
        "HTTP API, then update this thing in any way."
    )


def _orphan(registry: DeviceRegistry, ids: DeviceIds, taken: EuisTakenAnswer) -> str:
    ours = taken.application_id == registry.application_id
    if taken.device_id is None or not ours or registry.identity(taken.device_id) is not None:
        raise DeviceConflictError(
            f"DevEUI {ids.dev_eui} with JoinEUI {ids.join_eui} is held by device {taken.device_id or '(not named)'} "
            f"of application {taken.application_id or '(not named)'}. Remove that device, or delete this thing."
        ) from taken
    return taken.device_id
