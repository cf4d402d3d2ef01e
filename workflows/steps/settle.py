"""The outcome of an event goes into the journal before anybody is told of it."""

from dataclasses import dataclass
from datetime import datetime

from workflows.domain.facts import EventFailed, EventRejected, EventSkipped, Fact
from workflows.domain.fold import ThingState
from workflows.errors import DeviceConflictError, JournalMovedAnswer, OwnerHeldAnswer, ThingBusyError
from workflows.ports.journal import Entry, Journal

_TRIES = 2

# HEAD read and written, twice if another run was faster. The report functions' timeouts rest on it.
CALLS_AT_MOST = 2 * _TRIES


@dataclass(frozen=True, slots=True)
class Settlement:
    """Of the events of one thing."""

    journal: Journal
    thing_id: str
    thing_name: str

    def settle(self, fact: Fact, at: datetime, before: ThingState | None = None) -> None:
        """Append ``fact``; finding it written already, by a call whose answer was lost, is success.

        ``before`` saves reading the state; it may be out of date.

        Raises:
            ThingBusyError: other runs keep writing; try again.
            DeviceConflictError: the device that was found has become another thing's meanwhile.
        """
        for _ in range(_TRIES):
            state = before or self.journal.read(self.thing_id)
            before = None
            if not _is_due(state, fact):
                return
            try:
                self.journal.append(Entry(self.thing_id, self.thing_name, state, fact, at))
            except JournalMovedAnswer:
                continue
            except OwnerHeldAnswer as held:
                raise DeviceConflictError(str(held)) from held
            return
        raise ThingBusyError(f"Other runs keep writing to the journal of thing {self.thing_name}.")


def _is_due(state: ThingState, fact: Fact) -> bool:
    """Work done for a thing counts for the run that holds it; that an event was refused or skipped counts once."""
    if state.busy == fact.change:
        return True
    if isinstance(fact, EventRejected | EventFailed):
        return state.latest_run != fact.change.run
    if isinstance(fact, EventSkipped):
        # Of a thing that the journal does not know only its end matters: whatever comes later is superseded.
        known = state.facts > 0 or fact.change.operation == "DELETED"
        return known and state.latest_run != fact.change.run
    return False
