"""Appends a fact. If the fact releases device IDs, other things may have taken some of them meanwhile."""

from dataclasses import replace

from workflows.domain.fold import ThingState
from workflows.errors import OwnerHeldAnswer
from workflows.ports.journal import Entry, Journal


def append_releasing(journal: Journal, entry: Entry) -> ThingState:
    """Append ``entry`` and return the new state. A released device ID stays with the thing that has taken it.

    Raises:
        OwnerHeldAnswer: another thing owns a device ID that this thing needs. Otherwise as ``Journal.append``.
    """
    while True:
        try:
            return journal.append(entry)
        except OwnerHeldAnswer as held:
            if held.device_id not in entry.freed():
                raise
            entry = replace(entry, lost=entry.lost | {held.device_id})
