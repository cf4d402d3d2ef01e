"""Sending events through the queue of registry events, at a steady rate."""

from collections.abc import Iterable, Iterator

from operate.adapters.queues import BATCH, Outgoing, Queue
from operate.batches import batches
from operate.pace import Pace


def sent(queue: Queue, messages: Iterable[Outgoing], pace: Pace) -> Iterator[int]:
    """Send ``messages``, and yield how many went with each batch."""
    for batch in batches(_paced(messages, pace), BATCH):
        queue.send(batch)
        yield len(batch)


def _paced(messages: Iterable[Outgoing], pace: Pace) -> Iterator[Outgoing]:
    for message in messages:
        pace.wait()
        yield message
