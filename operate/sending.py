"""Sending events through the queue of registry events, at a steady rate."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from operate.adapters.queues import BATCH, Outgoing, Queue
from operate.batches import batches
from operate.pace import Pace
from operate.views.registry_events import another_run, body_of
from operate.views.replay import Planned


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
