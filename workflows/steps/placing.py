"""Writing a device's record to a server that an earlier half-made or half-deleted device may stand in the way of."""

from collections.abc import Callable, Container

from workflows.domain.device import DeviceIds
from workflows.errors import DeviceConflictError, EuisFixedAnswer, EuisTakenAnswer, RegistryAnswer
from workflows.ports import DeviceRegistry, Server


class _Any(Container[str]):
    """All device IDs."""

    def __contains__(self, _: object) -> bool:
        return True


ANY = _Any()

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

    Raises:
        DeviceConflictError: the EUIs are a living device's, or may not be cleared away; the text names it.
    """
    for _ in range(_ORPHANS_AT_MOST):
        try:
            write()
        except EuisFixedAnswer as fixed:
            _refuse_unless(ids.device_id in clears, ids.device_id, fixed)
            registry.delete_record(server, ids.device_id)
        except EuisTakenAnswer as taken:
            orphan = _orphan(registry, ids, taken)
            _refuse_unless(orphan in clears, orphan, taken)
            registry.delete_record(server, orphan)
        else:
            return
    try:
        write()
    except (EuisFixedAnswer, EuisTakenAnswer) as answer:
        raise DeviceConflictError(str(answer)) from answer


def _refuse_unless(is_ours: bool, device_id: str, answer: RegistryAnswer) -> None:
    if not is_ours:
        raise DeviceConflictError(
            f"{answer}. Thingsync did not make this record, so it stays. Delete device {device_id} from that server of "
            "The Things Stack, then update this thing in any way."
        ) from answer


def _orphan(registry: DeviceRegistry, ids: DeviceIds, taken: EuisTakenAnswer) -> str:
    ours = taken.application_id == registry.application_id
    if taken.device_id is None or not ours or registry.identity(taken.device_id) is not None:
        raise DeviceConflictError(
            f"DevEUI {ids.dev_eui} with JoinEUI {ids.join_eui} is held by device {taken.device_id or '(not named)'} "
            f"of application {taken.application_id or '(not named)'}. Remove that device, or delete this thing."
        ) from taken
    return taken.device_id
