"""What differs ► events for the queue of registry events, as AWS IoT would raise them ► what became of each."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from operate.adapters.registry_thing import RegistryThing
from operate.drift.findings import Finding
from operate.views.awaited import Awaited, Ended, outcome
from operate.views.registry_events import deleted_event
from workflows.domain.event import RegistryEvent
from workflows.domain.fold import Status
from workflows.ports.journal import Head, Recorded

_GLANCE_S = 1.0
_UNDER_WAY = 200


@dataclass(frozen=True, slots=True)
class Mending:
    """An event that is to mend ``finding``; ``facts`` is how many the journal has of the thing before.

    ``latest_run`` wrote the last of them; empty if there are none.
    """

    finding: Finding
    event: RegistryEvent
    facts: int
    latest_run: str

    @property
    def awaited(self) -> Awaited:
        event = self.event
        return Awaited(event.thing_id, event.operation, event.version_number, self.facts, repair=event.repair)


@dataclass(frozen=True, slots=True)
class Mended:
    """``status`` is where the thing stands now; None if nothing was heard of it in time."""

    finding: Finding
    status: Status | None

    @property
    def is_good(self) -> bool:
        return self.status in ("registered", "removed", "skipped")


class Heads(Protocol):
    def heads(self, thing_ids: Iterable[str]) -> Iterator[Head]: ...


class Journal(Heads, Protocol):
    def recent(self, thing_id: str) -> Iterator[Recorded]: ...


def mending(found: Finding, describe: Callable[[str], RegistryThing | None], journal: Heads) -> Mending | None:
    """Return the event; None if what was found is no longer so."""
    head = next(journal.heads([found.thing_id]), None) if found.thing_id else None
    event = _deleted(head) if found.repair == "remove" else _updated(found, describe)
    if event is None:
        return None
    if head is None or head.thing_id != event.thing_id:  # another thing bears the name by now
        head = next(journal.heads([event.thing_id]), None)
    state = head.state if head else None
    return Mending(found, event, state.facts if state else 0, state.latest_run if state else "")


def _deleted(head: Head | None) -> RegistryEvent | None:
    return deleted_event(head) if head else None


def _updated(found: Finding, describe: Callable[[str], RegistryThing | None]) -> RegistryEvent | None:
    thing = describe(found.thing_name or "")
    if thing is None:
        return None
    return RegistryEvent(
        operation="UPDATED",
        thing_id=thing.thing_id,
        thing_name=thing.thing_name,
        version_number=thing.version_number,
        thing_type_name=thing.thing_type_name,
        attributes=thing.attributes,
        repair=True,
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """Waits for outcomes; if nothing is heard for ``patience_s``, what is under way is left alone."""

    journal: Journal
    patience_s: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def outcomes(self, sent: Iterable[list[Mending]]) -> Iterator[Mended]:
        """Take what was sent, and no more before few enough of it are left; yield what became of each."""
        left: list[Mending] = []
        for batch in sent:
            left += batch
            yield from self._until(left, at_most=_UNDER_WAY)
        yield from self._until(left, at_most=0)

    def _until(self, left: list[Mending], *, at_most: int) -> Iterator[Mended]:
        moved_at = self.clock()
        while True:
            for mended in self._settled(left):
                moved_at = self.clock()
                yield mended
            if len(left) <= at_most:
                return
            if self.clock() - moved_at >= self.patience_s:
                yield from (Mended(each.finding, None) for each in left)
                return left.clear()
            self.sleep(_GLANCE_S)

    def _settled(self, left: list[Mending]) -> Iterator[Mended]:
        thing_ids = dict.fromkeys(each.event.thing_id for each in left)
        heads = {head.thing_id: head for head in self.journal.heads(thing_ids)}
        for each in list(left):
            head = heads.get(each.event.thing_id)
            if head and (ended := self._ended(each, head)):
                left.remove(each)
                yield Mended(each.finding, ended.status)

    def _ended(self, repair: Mending, head: Head) -> Ended | None:
        return outcome(repair.awaited, head.state, lambda: self.journal.recent(head.thing_id))
