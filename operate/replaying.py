"""Replays: things become events, events go to the queue, and the journal shows their outcomes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from operate.adapters.queues import BATCH, OutgoingMessage, Queue
from operate.operator import Operator
from operate.pacing import Pace, Timeout
from operate.rendering.console import follow
from operate.retrying import CheckThings, ignore, notice_of_things
from operate.views.replay import PlannedReplay, ReplayResult, plan_replays, result_of
from workflows.domain.batches import batches
from workflows.ports.journal import History
from workflows.schemas.event import dump_event
from workflows.schemas.message import rerun_attributes
from workflows.steps.concurrency import map_concurrently


def plan_things(operator: Operator, thing_names: Iterable[str]) -> Iterator[PlannedReplay]:
    """Plan the replay of each thing by what AWS IoT and the journal have of it."""

    def is_running(run: str) -> bool:
        return operator.runs.state_of(run) == "running"

    def plan(thing_name: str) -> list[PlannedReplay]:
        found = operator.things.describe(thing_name)
        snapshots = list(operator.journal.named(thing_name))
        event = found.event if found else None
        return plan_replays(thing_name, event, snapshots, scope=operator.scope, is_running=is_running)

    for planned in map_concurrently(plan, dict.fromkeys(thing_names)):
        yield from planned


def messages_for(planned: Iterable[PlannedReplay], state_machine_arn: str) -> Iterator[OutgoingMessage]:
    """Write a message for each that has an event. If its last run failed, the message starts another run."""
    now = datetime.now(UTC)
    for each in planned:
        if each.event:
            yield OutgoingMessage(dump_event(each.event, now), rerun_attributes(state_machine_arn, each.failed_run))


def send_all(queue: Queue, messages: Iterable[OutgoingMessage], pace: Pace) -> Iterator[int]:
    """Send ``messages`` and yield the size of each batch."""
    for batch in batches(_paced(messages, pace), BATCH):
        queue.send(batch)
        yield len(batch)


def _paced(messages: Iterable[OutgoingMessage], pace: Pace) -> Iterator[OutgoingMessage]:
    for message in messages:
        pace.wait()
        yield message


def with_current_facts(journal: History, planned: Sequence[PlannedReplay]) -> list[PlannedReplay]:
    """Count the facts of each thing again: facts written while somebody read the plan are not its outcome."""

    def counted(each: PlannedReplay) -> PlannedReplay:
        return replace(each, facts=journal.read(each.event.thing_id).facts) if each.event else each

    return list(map_concurrently(counted, planned))


def wait_with_progress(operator: Operator, planned: Sequence[PlannedReplay], timeout: Timeout) -> list[ReplayResult]:
    """Wait as ``wait_for_outcomes`` does, with a progress bar, and say what the runs wait for."""
    if not planned:
        return []
    results: list[ReplayResult] = []
    outcomes = wait_for_outcomes(operator.journal, planned, timeout, check=notice_of_things(operator))
    follow("outcomes", outcomes, results.append, total=len(planned))
    return results


def wait_for_outcomes(
    journal: History,
    planned: Sequence[PlannedReplay],
    timeout: Timeout,
    *,
    check: CheckThings = ignore,
) -> Iterator[ReplayResult]:
    """Yield each outcome once it is known; call ``check`` with the IDs of the things without one, after each poll.

    After the timeout come the failures that another run could still have repaired, and what is in flight.
    """
    pending = list(planned)

    def poll() -> list[ReplayResult]:
        return [result for result in map_concurrently(partial(_result, journal), pending) if result]

    for found in timeout.polls(poll):
        yield from found
        known = {id(result.planned) for result in found}
        pending = [each for each in pending if id(each) not in known]
        if not pending:
            return
        check(each.event.thing_id for each in pending if each.event)
    last = map_concurrently(partial(_result, journal, can_wait=False), pending)
    yield from (result or ReplayResult(each, "in flight") for each, result in zip(pending, last, strict=True))


def _result(journal: History, planned: PlannedReplay, *, can_wait: bool = True) -> ReplayResult | None:
    if planned.event is None:
        return None
    thing_id = planned.event.thing_id
    return result_of(planned, journal.read(thing_id), lambda: journal.recent(thing_id), can_wait=can_wait)
