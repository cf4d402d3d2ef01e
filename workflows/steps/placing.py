"""Writing a device's record to a server that an earlier half-made or half-deleted device may stand in the way of."""

from collections.abc import Callable

from workflows.domain.device import DeviceIds
from workflows.errors import DeviceConflictError, EuisFixedAnswer, EuisTakenAnswer
from workflows.ports import DeviceRegistry, Server

# An orphan of this ID with other EUIs, and one of these EUIs under another ID: there cannot be more.
_ORPHANS_AT_MOST = 2


def place(
    registry: DeviceRegistry, server: Server, ids: DeviceIds, write: Callable[[], None], *, clears: bool = True
) -> None:
    """Call ``write``; remove orphans in its way, records whose device the Identity Server does not know.

    ``clears``: the Identity Server's record of ``ids`` is ours, so whatever stands under its ID is no other device's.
    Of a device that was there before its thing nothing is removed.

    Raises:
        DeviceConflictError: the EUIs are a living device's, or may not be cleared away; the text names it.
    """
    for _ in range(_ORPHANS_AT_MOST if clears else 0):
        try:
            write()
        except EuisFixedAnswer:
            registry.delete_record(server, ids.device_id)
        except EuisTakenAnswer as taken:
            registry.delete_record(server, _orphan(registry, ids, taken))
        else:
            return
    try:
        write()
    except (EuisFixedAnswer, EuisTakenAnswer) as answer:
        raise DeviceConflictError(str(answer)) from answer


def _orphan(registry: DeviceRegistry, ids: DeviceIds, taken: EuisTakenAnswer) -> str:
    ours = taken.application_id == registry.application_id
    if taken.device_id is None or not ours or registry.identity(taken.device_id) is not None:
        raise DeviceConflictError(
            f"DevEUI {ids.dev_eui} with JoinEUI {ids.join_eui} is held by device {taken.device_id or '(not named)'} "
            f"of application {taken.application_id or '(not named)'}. Remove that device, or delete this thing."
        ) from taken
    return taken.device_id
