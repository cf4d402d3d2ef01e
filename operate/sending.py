"""Sending events through the queue of registry events, at a steady rate."""

from collections.abc import Iterable, Iterator

from operate.adapters.queues import BATCH, Outgoing, Queue
from operate.batches import batches
from operate.pace import Pace


def sent(queue: Queue, bodies: Iterable[str], pace: Pace) -> Iterator[int]:
    """Send ``bodies``, and yield how many went with each batch."""
    for batch in batches(_paced(bodies, pace), BATCH):
        queue.send([Outgoing(body) for body in batch])
        yield len(batch)


def _paced(bodies: Iterable[str], pace: Pace) -> Iterator[str]:
    for body in bodies:
        pace.wait()
        yield body
