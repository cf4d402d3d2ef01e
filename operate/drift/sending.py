"""Repairs ► the queue of registry events."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from operate.adapters.queues import BATCH, Outgoing, Queue
from operate.batches import batches
from operate.drift.repairs import Mending
from operate.views.registry_events import another_run, body_of


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
