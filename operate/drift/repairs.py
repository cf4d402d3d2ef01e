"""Repair events ► the queue of registry events ► the outcome of each."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Literal

from operate.adapters.queues import BATCH, Queue
from operate.pacing import Timeout
from operate.replaying import messages_for
from operate.retrying import CheckThings, ignore
from operate.views.replay import (
    GOOD_OUTCOMES,
    DeadLetter,
    PlannedReplay,
    PlanVerdict,
    ReplayOutcome,
    ReplayResult,
    result_of,
)
from workflows.domain.batches import batches
from workflows.domain.drift.findings import Finding, RepairKind
from workflows.domain.event import RegistryEvent
from workflows.ports.journal import JournalReader, Snapshot
from workflows.steps.drift.inspection import Look
from workflows.steps.drift.repairs import Repair
from workflows.values import value

_MAX_IN_FLIGHT = 200


RepairWord = RepairKind | Literal["link"] | None
# A repair and its result.
FinishedRepair = tuple[Repair, ReplayResult]
SentRepair = tuple[Repair, RegistryEvent]
# Finds those in the dead-letter queue.
FindDead = Callable[[Sequence[SentRepair]], Iterable[tuple[SentRepair, DeadLetter]]]


def find_none(_sent: Sequence[SentRepair]) -> Iterable[tuple[SentRepair, DeadLetter]]:
    return ()


@value
class RepairResult:
    """``outcome`` is in flight if there was none in time; ``look`` shows thing and device after the repair.

    ``what_to_do`` is empty unless the event is in the dead-letter queue.
    """

    finding: Finding
    outcome: ReplayOutcome
    error_name: str | None
    look: Look
    what_to_do: str = ""

    @property
    def left(self) -> Finding | None:
        return self.look.left

    @property
    def is_good(self) -> bool:
        is_in_time = self.look.done(self.finding) in ("repaired", "linked")
        return is_in_time and self.outcome in (*GOOD_OUTCOMES, "not sent")

    @property
    def is_linked(self) -> bool:
        return self.look.is_linked(self.finding)

    @property
    def differences(self) -> tuple[str, ...]:
        """Say where the thing differs from a device that was there before, and keeps what it has."""
        return self.look.device.differences if self.is_linked and self.look.device else ()

    @property
    def done(self) -> RepairWord:
        """The kind of repair; None if there was nothing left to do. A device that another thing has is not removed."""
        if self.outcome == "not sent":
            return None
        if self.finding.repair == "remove" and self.look.stays:
            return "release"
        return "link" if self.is_linked else self.finding.repair


def send_repairs(queue: Queue, repairs: Iterable[Repair], state_machine_arn: str) -> Iterator[list[Repair]]:
    """Send the repairs that have an event, ten at a time; yield each ten. Raise ``RefusedError`` if SQS refuses one."""
    for batch in batches(repairs, BATCH):
        to_send = [_planned(each) for each in batch if not each.is_raised]
        if messages := list(messages_for(to_send, state_machine_arn)):
            queue.send(messages)
        yield batch


@value
class RepairWait:
    """Waits for outcomes. After the timeout the rest is reported as in flight.

    ``check`` gets the IDs of the things without an outcome, after each poll. What ``find_dead`` finds has failed.
    """

    journal: JournalReader
    timeout: Timeout
    check: CheckThings = ignore
    find_dead: FindDead = find_none

    def outcomes(self, sent: Iterable[list[Repair]]) -> Iterator[list[FinishedRepair]]:
        """Take sent repairs while few are in flight; yield the finished ones."""
        left: list[SentRepair] = []
        for batch in sent:
            yield [(each, ReplayResult(_planned(each), "not sent")) for each in batch if each.event is None]
            left += [(each, each.event) for each in batch if each.event]
            yield from self._until(left, at_most=_MAX_IN_FLIGHT)
        yield from self._until(left, at_most=0)

    def _until(self, left: list[SentRepair], *, at_most: int) -> Iterator[list[FinishedRepair]]:
        for finished in self.timeout.polls(lambda: list(self._finished(left))):
            if finished:
                yield finished
            if len(left) <= at_most:
                return
            self.check(event.thing_id for _, event in left)
        yield [(each, ReplayResult(_planned(each), "in flight")) for each, _ in left]
        left.clear()

    def _finished(self, left: list[SentRepair]) -> Iterator[FinishedRepair]:
        snapshots = {each.thing_id: each for each in self.journal.snapshots({event.thing_id for _, event in left})}
        for repair, event in list(left):
            if (snapshot := snapshots.get(event.thing_id)) and (result := self._result(repair, snapshot)):
                left.remove((repair, event))
                yield repair, result
        for sent, dead in list(self.find_dead(tuple(left))):
            left.remove(sent)
            yield sent[0], ReplayResult(_planned(sent[0]), "failed", dead.error_name, dead)

    def _result(self, repair: Repair, snapshot: Snapshot) -> ReplayResult | None:
        return result_of(_planned(repair), snapshot.state, partial(self.journal.recent, snapshot.thing_id))


def _planned(repair: Repair) -> PlannedReplay:
    """The message names the thing's last run, so that Ingest starts another even if that one succeeded."""
    found = repair.finding
    verdict: PlanVerdict = "send" if repair.event else "settled"
    last_run = repair.latest_run or "none"
    return PlannedReplay(found.thing_name or "", verdict, found.text, repair.event, repair.facts, failed_run=last_run)
