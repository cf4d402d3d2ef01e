"""Things that were created ► what the journal says of each, until nothing more happens."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from operate.bulk.register import Entry, Outcome, Register
from workflows.domain.fold import Status
from workflows.ports.journal import Head

# What DynamoDB gives at once.
_AT_ONCE = 100
_GLANCE_S = 2.0

Explain = Callable[[Head], str]


class Standings(Protocol):
    def heads(self, thing_ids: Iterable[str]) -> Iterator[Head]:
        """Return where things stand, those of which the journal knows nothing left out."""


@dataclass(frozen=True, slots=True)
class Watch:
    """``explain`` says of a thing why it is not registered.

    ``patience_s`` is how long nothing may happen until the rest is left alone.
    """

    register: Register
    standings: Standings
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
        found = {head.thing_id: head for head in self.standings.heads(entry.thing_id for entry in page)}
        known = [(entry, _OUTCOMES.get(found[entry.thing_id].status)) for entry in page if entry.thing_id in found]
        settled = [(entry, outcome) for entry, outcome in known if outcome]
        for entry, outcome in settled:
            self.register.settled(
                entry.line, outcome, "" if outcome == "registered" else self.explain(found[entry.thing_id])
            )
        return len(settled)


# A thing in flight has none yet; one that is skipped is another stack's by now.
_OUTCOMES: dict[Status, Outcome] = {
    "registered": "registered",
    "rejected": "rejected",
    "failed": "failed",
    "removed": "removed",
    "skipped": "removed",
}
