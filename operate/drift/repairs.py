"""What differs ► events for the queue of registry events, as AWS IoT would raise them ► what became of each."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from operate.adapters.queues import BATCH, Outgoing, Queue
from operate.adapters.things import RegistryThing
from operate.drift.findings import Finding, Repair
from operate.pacing import batches
from operate.replaying import event_of
from operate.views.events import OTHERS, Ours, another_run, body_of, deleted_event
from operate.views.replay import GOOD_OUTCOMES, Outcome, Planned, Replayed, became
from workflows.domain.event import RegistryEvent
from workflows.ports.journal import Recorded, Snapshot

_GLANCE_S = 1.0
_UNDER_WAY = 200


@dataclass(frozen=True, slots=True)
class Mending:
    """An event that is to repair ``finding``; ``planned`` has none if what was found is no longer so.

    ``latest_run`` wrote the last of the thing's facts; empty if there are none. ``is_raised``: AWS IoT raises the
    event by itself, so that it need not be sent.
    """

    finding: Finding
    planned: Planned
    latest_run: str = ""
    is_raised: bool = False

    @property
    def thing_id(self) -> str:
        return self.planned.event.thing_id if self.planned.event else ""


@dataclass(frozen=True, slots=True)
class Mended:
    """``outcome`` is in flight if nothing was heard in time; ``left`` is what differs when one looks again."""

    finding: Finding
    outcome: Outcome
    error_name: str | None
    left: Finding | None

    @property
    def is_good(self) -> bool:
        return self.left is None and self.outcome in (*GOOD_OUTCOMES, "not sent")

    @property
    def done(self) -> Repair | None:
        """What was done; None if there was nothing left to do."""
        return None if self.outcome == "not sent" else self.finding.repair


# What was asked for, and what became of it.
Answered = tuple[Mending, Replayed]


class Journal(Protocol):
    def snapshots(self, thing_ids: Iterable[str]) -> Iterator[Snapshot]: ...

    def recent(self, thing_id: str) -> Iterator[Recorded]: ...


class Things(Protocol):
    def thing(self, thing_name: str) -> RegistryThing | None:
        """Return the thing that bears the name now; None only if AWS IoT has none of this name."""

    def give_type(self, thing: RegistryThing) -> bool:
        """Make it a thing of the stack's type; return False if it has changed since it was read."""


@dataclass(frozen=True, slots=True)
class Mender:
    """Makes the event that repairs what was found, if that is still so."""

    ours: Ours
    things: Things
    journal: Journal

    def mending(self, found: Finding) -> Mending:
        """Ask AWS IoT for the very thing once more, in the moment before the event goes.

        A thing is gone if no thing bears its name, or one with another ID does: then it never comes back.
        """
        named = self.things.thing(found.thing_name or "")
        thing = named if named and named.thing_id == found.thing_id else None
        snapshot = next(self.journal.snapshots([found.thing_id or ""]), None)
        event = self._retyped(thing) if found.repair == "retype" else self._event(found.repair, thing, snapshot)
        facts, latest_run = (snapshot.state.facts, snapshot.state.latest_run) if snapshot else (0, "")
        planned = Planned(found.thing_name or "", "send" if event else "settled", found.text, event, facts)
        return Mending(found, planned, latest_run, is_raised=found.repair == "retype")

    def _event(
        self, repair: Repair | None, thing: RegistryThing | None, snapshot: Snapshot | None
    ) -> RegistryEvent | None:
        """A deletion is for things that are gone alone, and a device is given up for things of others alone."""
        if repair == "remove":
            return deleted_event(snapshot) if thing is None and snapshot is not None else None
        event = event_of(thing) if thing else None
        if event is None or (self.ours.whose(event) in OTHERS) != (repair == "release"):
            return None
        return replace(event, repair=True)

    def _retyped(self, thing: RegistryThing | None) -> RegistryEvent | None:
        """Give the thing its type back; return the event that AWS IoT raises for that."""
        if thing is None or thing.thing_type_name is not None or not self.things.give_type(thing):
            return None
        event, version = event_of(thing), thing.version_number + 1
        return replace(event, version_number=version, thing_type_name=self.ours.thing_type_name)


@dataclass(frozen=True, slots=True)
class Waiting:
    """Waits for outcomes; if nothing is heard for ``patience_s``, what is under way is left alone."""

    journal: Journal
    patience_s: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def outcomes(self, sent: Iterable[list[Mending]]) -> Iterator[list[Answered]]:
        """Take what was sent, and no more before few enough of it are left; yield what became of some of it."""
        left: list[Mending] = []
        for batch in sent:
            yield [(each, Replayed(each.planned, "not sent")) for each in batch if each.planned.event is None]
            left += [each for each in batch if each.planned.event]
            yield from self._until(left, at_most=_UNDER_WAY)
        yield from self._until(left, at_most=0)

    def _until(self, left: list[Mending], *, at_most: int) -> Iterator[list[Answered]]:
        moved_at = self.clock()
        while True:
            if settled := list(self._settled(left)):
                yield settled
                moved_at = self.clock()
            if len(left) <= at_most:
                return
            if self.clock() - moved_at >= self.patience_s:
                yield [(each, Replayed(each.planned, "in flight")) for each in left]
                return left.clear()
            self.sleep(_GLANCE_S)

    def _settled(self, left: list[Mending]) -> Iterator[Answered]:
        snapshots = {
            snapshot.thing_id: snapshot for snapshot in self.journal.snapshots({each.thing_id for each in left})
        }
        for each in list(left):
            if (snapshot := snapshots.get(each.thing_id)) and (replayed := self._became(each, snapshot)):
                left.remove(each)
                yield each, replayed

    def _became(self, repair: Mending, snapshot: Snapshot) -> Replayed | None:
        return became(repair.planned, snapshot.state, partial(self.journal.recent, snapshot.thing_id))


def sent(queue: Queue, repairs: Iterable[Mending], state_machine_arn: str) -> Iterator[list[Mending]]:
    """Send all that have an event, ten at a time; yield each ten. Raise ``RefusedError`` if a message was not taken.

    The messages name the thing's last run, so that Ingest starts another even if that one succeeded.
    """
    for batch in batches(repairs, BATCH):
        messages = [each for mending in batch for each in _messages(mending, state_machine_arn)]
        if messages:
            queue.send(messages)
        yield batch


def _messages(mending: Mending, state_machine_arn: str) -> list[Outgoing]:
    """Return the message; none where AWS IoT raises the event by itself, or nothing is to be repaired any more."""
    event = mending.planned.event
    if event is None or mending.is_raised:
        return []
    run = another_run(state_machine_arn, mending.latest_run or "none")
    return [Outgoing(body_of(event, datetime.now(UTC)), run)]
