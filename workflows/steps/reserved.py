"""Finds the device from which the thing of an event was made."""

from workflows.domain.decision import ValidatedEvent
from workflows.domain.facts import RegisteredDevice
from workflows.domain.fold import ThingState
from workflows.domain.run import Run
from workflows.ports.journal import Owners, Reservation


def reserved_for(journal: Owners, event: ValidatedEvent, state: ThingState, run: Run) -> RegisteredDevice | None:
    """Return the device from which the event's thing was made, if the journal has no fact of it yet.

    A thing that was made from its device has no keys. So a thing with all attributes needs no read.
    """
    may_be_mirrored = event.operation == "DELETED" or event.examined.missing
    if not may_be_mirrored or event.relevance != "ours" or event.device_id is None or state.device or state.attempt:
        return None
    reservation = journal.reservation(event.device_id)
    return _device(reservation) if reservation and _is_of(run, reservation) else None


def _is_of(run: Run, reservation: Reservation) -> bool:
    """Compare the thing's ID, or its name if the ID is not in the reservation yet."""
    return reservation.thing_id == run.thing_id or (
        not reservation.thing_id and reservation.thing_name == run.thing_name
    )


def _device(reservation: Reservation) -> RegisteredDevice:
    ids = reservation.ids
    return RegisteredDevice("mirrored", ids.device_id, ids.device_id, ids.dev_eui, ids.join_eui, run=reservation.run)
