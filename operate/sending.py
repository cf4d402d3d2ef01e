"""Sending events through the queue of registry events, at a steady rate."""

import time
from collections.abc import Callable, Iterable, Iterator

from operate.adapters.queues import BATCH, Queue
from operate.batches import batches


def sent(
    queue: Queue, bodies: Iterable[str], *, per_second: float, sleep: Callable[[float], None] = time.sleep
) -> Iterator[int]:
    """Send ``bodies``, and yield how many went with each batch."""
    for batch in batches(bodies, BATCH):
        queue.send(batch)
        yield len(batch)
        sleep(len(batch) / per_second)
