"""What differs ► events for the queue of registry events, as AWS IoT would raise them ► what became of each."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from operate.adapters.registry_thing import RegistryThing
from operate.drift.findings import Finding
from operate.views.registry_events import deleted_event
from workflows.domain.event import RegistryEvent
from workflows.domain.fold import Status
from workflows.ports.journal import Head

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


def mending(found: Finding, describe: Callable[[str], RegistryThing | None], journal: Heads) -> Mending | None:
    """Return the event; None if what was found is no longer so."""
    head = next(journal.heads([found.thing_id]), None) if found.thing_id else None
    event = _deleted(head) if found.repair == "remove" else _updated(found, describe)
    if event is None:
        return None
    state = head.state if head and head.thing_id == event.thing_id else None
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

    journal: Heads
    patience_s: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def outcomes(self, sent: Iterable[list[Mending]]) -> Iterator[Mended]:
        """Take what was sent, and no more before few enough of it are left; yield what became of each."""
        left: dict[str, Mending] = {}
        for batch in sent:
            left |= {each.event.thing_id: each for each in batch}
            yield from self._until(left, at_most=_UNDER_WAY)
        yield from self._until(left, at_most=0)

    def _until(self, left: dict[str, Mending], *, at_most: int) -> Iterator[Mended]:
        moved_at = self.clock()
        while True:
            for mended in self._settled(left):
                moved_at = self.clock()
                yield mended
            if len(left) <= at_most:
                return
            if self.clock() - moved_at >= self.patience_s:
                yield from (Mended(each.finding, None) for each in left.values())
                return left.clear()
            self.sleep(_GLANCE_S)

    def _settled(self, left: dict[str, Mending]) -> Iterator[Mended]:
        for head in self.journal.heads(list(left)):
            if head.state.busy is None and head.state.facts > left[head.thing_id].facts:
                yield Mended(left.pop(head.thing_id).finding, head.status)
