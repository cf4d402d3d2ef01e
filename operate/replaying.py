"""Replays: things become events, events go to the queue, and the journal shows their outcomes."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from operate.adapters.queues import BATCH, Outgoing, Queue
from operate.adapters.things import RegistryThing, describe_thing
from operate.operator import Operator
from operate.pacing import Pace, batches, looked_up
from operate.rendering.console import progress
from operate.views.events import another_run, body_of, updated_event
from operate.views.replay import Planned, Replayed, Rules, became, plan
from workflows.domain.event import RegistryEvent
from workflows.ports.journal import History


def planned_for(operator: Operator, thing_names: Iterable[str]) -> Iterator[Planned]:
    rules = Rules(operator.stack_name, operator.stack.thing_type_name, operator.runs.is_running)

    def look_up(thing_name: str) -> list[Planned]:
        found = describe_thing(operator.clients.iot, thing_name)
        snapshots = list(operator.history.named(thing_name))
        return plan(thing_name, event_of(found) if found else None, snapshots, rules)

    for planned in looked_up(look_up, dict.fromkeys(thing_names)):
        yield from planned


def event_of(thing: RegistryThing) -> RegistryEvent:
    return updated_event(
        thing.thing_id,
        thing.thing_name,
        thing.version_number,
        type_name=thing.thing_type_name,
        attributes=thing.attributes,
    )


def messages_of(planned: Iterable[Planned], state_machine_arn: str) -> Iterator[Outgoing]:
    """Write a message for each that has an event; it starts another run where one failed."""
    now = datetime.now(UTC)
    for each in planned:
        if each.event:
            yield Outgoing(body_of(each.event, now), another_run(state_machine_arn, each.failed_run))


def sent(queue: Queue, messages: Iterable[Outgoing], pace: Pace) -> Iterator[int]:
    """Send ``messages``, and yield how many went with each batch."""
    for batch in batches(_paced(messages, pace), BATCH):
        queue.send(batch)
        yield len(batch)


def _paced(messages: Iterable[Outgoing], pace: Pace) -> Iterator[Outgoing]:
    for message in messages:
        pace.wait()
        yield message


GLANCE_S = 1.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for the next outcome before giving up on the rest; the clock and the sleep are the caller's."""

    at_most_s: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def until(self, holds: Callable[[], bool]) -> bool:
        """Look again and again; return whether it held in time."""
        deadline = self.clock() + self.at_most_s
        while not (held := holds()) and self.clock() < deadline:
            self.sleep(GLANCE_S)
        return held


def followed(history: History, planned: Sequence[Planned], patience: Patience) -> Iterator[Replayed]:
    """Yield what became of each, as it becomes known; what is still under way in the end comes last, as that.

    What failed and might have been put right by another run comes last, too.
    """
    pending = list(planned)
    deadline = patience.clock() + patience.at_most_s
    while pending and patience.clock() < deadline:
        found = list(zip(pending, looked_up(partial(_seen, history), pending), strict=True))
        done = [result for _, result in found if result]
        pending = [each for each, result in found if not result]
        yield from done
        if done:
            deadline = patience.clock() + patience.at_most_s
        if pending:
            patience.sleep(GLANCE_S)
    last = looked_up(partial(_seen, history, patient=False), pending)
    yield from (result or Replayed(each, "in flight") for each, result in zip(pending, last, strict=True))


def as_of_now(history: History, planned: Sequence[Planned]) -> list[Planned]:
    """Count the facts of each thing again: what happened while somebody read the plan is not an outcome of it."""

    def counted(each: Planned) -> Planned:
        return replace(each, facts=history.read(each.event.thing_id).facts) if each.event else each

    return list(looked_up(counted, planned))


def _seen(history: History, planned: Planned, *, patient: bool = True) -> Replayed | None:
    if planned.event is None:
        return None
    thing_id = planned.event.thing_id
    return became(planned, history.read(thing_id), lambda: history.recent(thing_id), patient=patient)


def awaited(history: History, planned: Sequence[Planned], patience: Patience) -> list[Replayed]:
    """Return what became of each, as ``followed``, with a bar of how many are known."""
    results = []
    with progress("outcomes", total=len(planned)) as (bar, task):
        for result in followed(history, planned, patience):
            results.append(result)
            bar.advance(task)
    return results
