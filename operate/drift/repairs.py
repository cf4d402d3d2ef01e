"""Findings ► repair events for the queue of registry events ► the outcome of each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Protocol

from operate.adapters.journal import JournalReader
from operate.adapters.queues import BATCH, OutgoingMessage, Queue
from operate.adapters.things import DescribedThing
from operate.drift.findings import Finding, RepairKind
from operate.pacing import Timeout, batches
from operate.replaying import event_of
from operate.retrying import CheckThings, ignore
from operate.views.events import NOT_OURS, StackScope, body_of, deleted_event, rerun_attributes
from operate.views.replay import GOOD_OUTCOMES, PlannedReplay, ReplayOutcome, ReplayResult, result_of
from workflows.domain.event import RegistryEvent
from workflows.ports.journal import Snapshot

_MAX_IN_FLIGHT = 200


@dataclass(frozen=True, slots=True)
class Repair:
    """An event that repairs ``finding``; ``planned`` has none if the finding is no longer true.

    ``latest_run`` wrote the last of the thing's facts; empty if there are none. ``is_raised``: AWS IoT raises the
    event by itself, so it is not sent.
    """

    finding: Finding
    planned: PlannedReplay
    latest_run: str = ""
    is_raised: bool = False

    @property
    def thing_id(self) -> str:
        return self.planned.event.thing_id if self.planned.event else ""


# A repair and its result.
FinishedRepair = tuple[Repair, ReplayResult]


@dataclass(frozen=True, slots=True)
class RepairResult:
    """``outcome`` is in flight if there was none in time; ``left`` is what differs after the repair."""

    finding: Finding
    outcome: ReplayOutcome
    error_name: str | None
    left: Finding | None

    @property
    def is_good(self) -> bool:
        return self.left is None and self.outcome in (*GOOD_OUTCOMES, "not sent")

    @property
    def done(self) -> RepairKind | None:
        """The kind of repair; None if there was nothing left to do."""
        return None if self.outcome == "not sent" else self.finding.repair


class ThingTypes(Protocol):
    def describe(self, thing_name: str) -> DescribedThing | None:
        """Return the thing that has the name now; None only if there is none."""

    def restore_type(self, thing: DescribedThing) -> bool:
        """Make it a thing of the stack's type; return False if it has changed since it was read."""


@dataclass(frozen=True, slots=True)
class RepairPlanner:
    """Makes the event that repairs a finding, if the finding is still true."""

    scope: StackScope
    things: ThingTypes
    journal: JournalReader

    def plan(self, found: Finding) -> Repair:
        """Describe the thing again, just before the event is sent.

        A thing is gone if no thing has its name, or one with another ID has: then it never comes back.
        """
        named = self.things.describe(found.thing_name or "")
        thing = named if named and named.thing_id == found.thing_id else None
        snapshot = next(self.journal.snapshots([found.thing_id or ""]), None)
        event = self._retyped(thing) if found.repair == "retype" else self._event(found.repair, thing, snapshot)
        facts, latest_run = (snapshot.state.facts, snapshot.state.latest_run) if snapshot else (0, "")
        planned = PlannedReplay(found.thing_name or "", "send" if event else "settled", found.text, event, facts)
        return Repair(found, planned, latest_run, is_raised=found.repair == "retype")

    def _event(
        self, repair: RepairKind | None, thing: DescribedThing | None, snapshot: Snapshot | None
    ) -> RegistryEvent | None:
        """Only a thing that is gone is sent as deleted. Only a thing of others releases its device."""
        if repair == "remove":
            return deleted_event(snapshot) if thing is None and snapshot is not None else None
        event = event_of(thing) if thing else None
        if event is None or (self.scope.relevance(event) in NOT_OURS) != (repair == "release"):
            return None
        return replace(event, repair=True)

    def _retyped(self, thing: DescribedThing | None) -> RegistryEvent | None:
        """Restore the thing's type; return the event that AWS IoT raises for that."""
        if thing is None or thing.thing_type_name is not None or not self.things.restore_type(thing):
            return None
        event, version = event_of(thing), thing.version_number + 1
        return replace(event, version_number=version, thing_type_name=self.scope.thing_type_name)


def send_repairs(queue: Queue, repairs: Iterable[Repair], state_machine_arn: str) -> Iterator[list[Repair]]:
    """Send the repairs that have an event, ten at a time; yield each ten. Raise ``RefusedError`` if SQS refuses one.

    The messages name the thing's last run, so that Ingest starts another even if that one succeeded.
    """
    for batch in batches(repairs, BATCH):
        messages = [
            _message(event, each.latest_run, state_machine_arn)
            for each in batch
            if (event := each.planned.event) and not each.is_raised
        ]
        if messages:
            queue.send(messages)
        yield batch


def _message(event: RegistryEvent, latest_run: str, state_machine_arn: str) -> OutgoingMessage:
    return OutgoingMessage(body_of(event, datetime.now(UTC)), rerun_attributes(state_machine_arn, latest_run or "none"))


@dataclass(frozen=True, slots=True)
class RepairWait:
    """Waits for outcomes. After the timeout the rest is reported as in flight.

    ``check`` gets the IDs of the things without an outcome, after each poll.
    """

    journal: JournalReader
    timeout: Timeout
    check: CheckThings = ignore

    def outcomes(self, sent: Iterable[list[Repair]]) -> Iterator[list[FinishedRepair]]:
        """Take sent repairs while few are in flight; yield the finished ones."""
        left: list[Repair] = []
        for batch in sent:
            yield [(each, ReplayResult(each.planned, "not sent")) for each in batch if each.planned.event is None]
            left += [each for each in batch if each.planned.event]
            yield from self._until(left, at_most=_MAX_IN_FLIGHT)
        yield from self._until(left, at_most=0)

    def _until(self, left: list[Repair], *, at_most: int) -> Iterator[list[FinishedRepair]]:
        for finished in self.timeout.polls(lambda: list(self._finished(left))):
            if finished:
                yield finished
            if len(left) <= at_most:
                return
            self.check(each.thing_id for each in left)
        yield [(each, ReplayResult(each.planned, "in flight")) for each in left]
        left.clear()

    def _finished(self, left: list[Repair]) -> Iterator[FinishedRepair]:
        snapshots = {each.thing_id: each for each in self.journal.snapshots({each.thing_id for each in left})}
        for each in list(left):
            if (snapshot := snapshots.get(each.thing_id)) and (result := self._result(each, snapshot)):
                left.remove(each)
                yield each, result

    def _result(self, repair: Repair, snapshot: Snapshot) -> ReplayResult | None:
        return result_of(repair.planned, snapshot.state, partial(self.journal.recent, snapshot.thing_id))
