"""What a run that reconciles needs beside the registries themselves."""

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from workflows.domain.brake import Removals
from workflows.domain.device import IdentityRecord
from workflows.domain.drift.comparison import Comparison
from workflows.domain.drift.findings import Finding, FindingKind
from workflows.domain.drift.reconciling import Done, Order, Phase, Reconciled, StoredRuns
from workflows.domain.drift.schedule import Watched
from workflows.domain.event import RegistryEvent
from workflows.domain.pages import Page
from workflows.domain.registry_things import ListedThing
from workflows.domain.scope import StackScope
from workflows.ports.journal import Snapshot

# A finding and its number.
Numbered = tuple[int, Finding]


class Surveyed(Protocol):
    """The contents of the three registries. What is added twice counts once: pages may shift while they are read."""

    def add_record(self, record: IdentityRecord) -> None: ...

    def add_snapshot(self, snapshot: Snapshot) -> None: ...

    def add_listed(self, thing: ListedThing) -> None: ...

    def count_things(self) -> int: ...

    def count_devices(self) -> int:
        """Count the things that have a device, by the journal."""

    def page(self, type_name: str, place: str) -> Page[Comparison]:
        """Return things, then devices of things that are gone, then devices without a thing."""

    def share(self, type_name: str, after: str, limit: int) -> Sequence[Comparison]:
        """Return the next things with a device in the order of their IDs, from the one after ``after`` on."""


class FoundDifferences(Protocol):
    """The findings, and what became of each."""

    def add(self, finding: Finding) -> None:
        """Leave it out if there is one of this kind of the same thing, or of the same device without a thing."""

    def sum_up_types(self, scope: StackScope) -> None: ...

    def counts(self) -> Counter[FindingKind]: ...

    def removals(self) -> Removals: ...

    def hold_removals(self) -> None:
        """Let what takes a device from its thing be held back."""

    def unrepaired(self, limit: int) -> Sequence[Numbered]:
        """Return findings with a repair of which nothing has become yet."""

    def marked(self, done: Done, after: int, limit: int) -> Sequence[Numbered]: ...

    def awaited(self, after: int, limit: int) -> Sequence[Numbered]:
        """Return findings that an event would explain which may still be in the queue."""

    def drop_awaited(self) -> int:
        """Forget all of these; return how many there were."""

    def mark(self, number: int, done: Done, text: str | None = None) -> None:
        """Record what became of a finding; ``text`` is what the last look at it shows, None if it is as before."""

    def remark(self, before: Done, after: Done, text: str | None = None) -> None:
        """Mark all that are marked ``before``; without ``text`` each keeps its own."""

    def drop(self, number: int) -> None:
        """Forget a finding that is true no more."""

    def done(self) -> Counter[Done]: ...

    def lines(self, after: int, limit: int) -> Sequence[tuple[int, Finding, Done]]: ...


class Notebook(Protocol):
    """All that a run knows, and how far it is, in one file."""

    @property
    def survey(self) -> Surveyed: ...

    @property
    def ledger(self) -> FoundDifferences: ...

    def place(self) -> tuple[Phase, str]:
        """Return the phase and the place in it."""

    def keep_place(self, phase: Phase, place: str) -> None: ...

    def scrubbed(self) -> int: ...

    def scrubbed_to(self) -> str | None:
        """Return the ID of the thing that this run scrubbed last, as ``ReconcileRuns`` does; None before the first."""

    def count_scrubbed(self, count: int, after: str) -> None: ...

    def waiting(self) -> int: ...

    def count_waiting(self, count: int) -> None:
        """Record how many things were not compared, because their events may be in the queue."""

    def together(self) -> AbstractContextManager[None]:
        """Write what is written within at once."""


class ReconcileRuns(Protocol):
    """Which run is at work, and how far the fleet was scrubbed. The item names the run: no clock decides."""

    def is_current(self, run: str) -> bool:
        """Return whether no other run has begun since."""

    def scrubbed_to(self) -> str:
        """Return the ID of the thing that was scrubbed last; empty at the beginning of a round."""

    def scrub_on(self, after: str) -> None: ...


class RunRecords(Protocol):
    """What became of the runs, for people and for the watch on the schedule."""

    def begin(self, order: Order, at: datetime) -> None:
        """Take over from whatever run there is. A run that Lambda begins again after an error is the same run."""

    def go_on(self, run: str, at: datetime) -> None:
        """Record that another invocation carries the run on, if it is the current one."""

    def finish(self, run: str, found: Reconciled, at: datetime) -> None:
        """Record that the run is at its end, if it is the current one."""

    def fail(self, run: str, error: str, at: datetime) -> None:
        """Record why the run has stopped, if it is the current one."""

    def stored(self) -> StoredRuns: ...

    def watched(self) -> Watched | None: ...

    def keep_watch(self, watched: Watched) -> None: ...


class RepairQueue(Protocol):
    """The queue of registry events."""

    def send(self, event: RegistryEvent, latest_run: str) -> None:
        """Send the event; by ``latest_run`` Ingest starts another run, though that one succeeded."""

    def is_empty(self) -> bool:
        """Return whether no event waits in it, and none is being received."""


class FindingLog(Protocol):
    def write(self, run: str, lines: Sequence[Mapping[str, object]]) -> None:
        """Append lines to the run's stream."""


class Shelf(Protocol):
    """Keeps the notebook of a run for its next invocation, which another machine may carry out."""

    def put(self, run: str, notes: bytes, part: int) -> None: ...

    def get(self, run: str, part: int) -> bytes: ...


class NextInvocation(Protocol):
    def begin(self, order: Order) -> None:
        """Let the order be carried on, without waiting for it."""
