"""An event of a thing that was made from a device finds the device that it was made from."""

from workflows.domain.decision import ValidatedEvent
from workflows.domain.facts import RegisteredDevice
from workflows.domain.fold import ThingState
from workflows.domain.work import Run
from workflows.ports.journal import Owners, Reservation


def reserved_for(journal: Owners, event: ValidatedEvent, state: ThingState, run: Run) -> RegisteredDevice | None:
    """Return the device that the event's thing was made from, if that has yet to be settled.

    Looked up only where it may be: a thing that is made from a device has no keys, so that it could not be registered.
    """
    needed = event.operation == "DELETED" or event.examined.missing
    if not needed or event.relevance != "ours" or event.device_id is None or state.device or state.attempt:
        return None
    reservation = journal.reservation(event.device_id)
    return _device(reservation) if reservation and _is_of(run, reservation) else None


def _is_of(run: Run, reservation: Reservation) -> bool:
    """Tell it by the ID, or by the name while whoever makes the thing has not written its ID down."""
    return reservation.thing_id == run.thing_id or (
        not reservation.thing_id and reservation.thing_name == run.thing_name
    )


def _device(reservation: Reservation) -> RegisteredDevice:
    ids = reservation.ids
    return RegisteredDevice("mirrored", ids.device_id, ids.device_id, ids.dev_eui, ids.join_eui, run=reservation.run)
