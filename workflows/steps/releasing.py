"""Writing a fact with which a thing gives up device IDs; of those, others may have taken some meanwhile."""

from dataclasses import replace

from workflows.domain.fold import ThingState
from workflows.errors import OwnerHeldAnswer
from workflows.ports.journal import Entry, Journal


def append_releasing(journal: Journal, entry: Entry) -> ThingState:
    """Append ``entry``, and leave to others what they have taken of what the thing gives up; return the new state.

    Raises:
        OwnerHeldAnswer: a device ID that the thing needs is another's; otherwise as ``Journal.append``.
    """
    while True:
        try:
            return journal.append(entry)
        except OwnerHeldAnswer as held:
            if held.device_id not in entry.freed():
                raise
            entry = replace(entry, lost=entry.lost | {held.device_id})
