"""Things that were created ► what the journal says of each, until nothing more happens."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from operate.adapters.registry_thing import RegistryThing
from operate.batches import looked_up
from operate.bulk.register import Entry, Outcome, Register
from operate.views.awaited import Awaited, Ended, outcome
from workflows.domain.facts import RegisteredDevice
from workflows.domain.fold import Status
from workflows.ports.journal import Recorded, Snapshot

# What DynamoDB gives at once.
_AT_ONCE = 100
_GLANCE_S = 2.0

Explain = Callable[[Snapshot], str]
Describe = Callable[[str], RegistryThing | None]


class Standings(Protocol):
    def snapshots(self, thing_ids: Iterable[str]) -> Iterator[Snapshot]:
        """Return where things stand, those of which the journal knows nothing left out."""

    def recent(self, thing_id: str) -> Iterator[Recorded]:
        """Read what happened to a thing, the latest first."""


@dataclass(frozen=True, slots=True)
class Watch:
    """``describe`` tells how a thing of this name stands in AWS IoT, ``explain`` why one is not registered.

    ``patience_s`` is how long nothing may happen until the rest is left alone.
    """

    register: Register
    standings: Standings
    describe: Describe
    explain: Explain
    patience_s: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def rounds(self) -> Iterator[int]:
        """Look again and again; yield how many things were settled each time."""
        moved_at = self.clock()
        while True:
            settled = sum(self._looked_at(page) for page in self._pages())
            yield settled
            moved_at = self.clock() if settled else moved_at
            if self.clock() - moved_at >= self.patience_s or not self.register.waiting(after_line=0, limit=1):
                return
            self.sleep(_GLANCE_S)

    def _pages(self) -> Iterator[list[Entry]]:
        after_line = 0
        while page := self.register.waiting(after_line=after_line, limit=_AT_ONCE):
            yield page
            after_line = page[-1].line

    def _looked_at(self, page: list[Entry]) -> int:
        entries = {entry.thing_id: entry for entry in page}
        known = [
            (entries[snapshot.thing_id], snapshot)
            for snapshot in self.standings.snapshots(entries)
            if snapshot.status in _OUTCOMES
        ]
        ended = [(entry, snapshot, became) for entry, snapshot, became in looked_up(self._ended, known) if became]
        for entry, snapshot, became in ended:
            self._note(entry, snapshot, _OUTCOMES[became.status])
        return len(ended)

    def _note(self, entry: Entry, snapshot: Snapshot, became: Outcome) -> None:
        if became == "registered" and snapshot.state.device is not None:
            note_registered(self.register, entry, snapshot.state.device)
        else:
            self.register.settled(entry.line, became, self.explain(snapshot))

    def _ended(self, known: tuple[Entry, Snapshot]) -> tuple[Entry, Snapshot, Ended | None]:
        """A thing may have been there before, and an event of its latest version may still be under way."""
        entry, snapshot = known
        became = outcome(self._awaited(entry), snapshot.state, lambda: self.standings.recent(entry.thing_id))
        return entry, snapshot, became

    def _awaited(self, entry: Entry) -> Awaited:
        thing = self.describe(entry.thing_name)
        if thing is None or thing.thing_id != entry.thing_id:
            return Awaited(entry.thing_id, "DELETED", 0)
        return Awaited(entry.thing_id, "UPDATED", thing.version_number)


def note_registered(register: Register, entry: Entry, device: RegisteredDevice) -> None:
    """Note a device under its own ID; of one that was there before, also what it does not have of its row."""
    if device.method != "adopted":
        register.settled(entry.line, "registered", device_id=device.device_id)
        return
    reason = _ADOPTED + (f". It does not have: {'; '.join(device.differences)}" if device.differences else "")
    register.settled(entry.line, "adopted", reason, device_id=device.device_id, differs=bool(device.differences))


_ADOPTED = "the device was there before; it is linked, and keeps its own values"


# A thing in flight has none yet; one that is skipped is another stack's by now.
_OUTCOMES: dict[Status, Outcome] = {
    "registered": "registered",
    "rejected": "rejected",
    "failed": "failed",
    "removed": "removed",
    "skipped": "removed",
}
