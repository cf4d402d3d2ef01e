"""Repairs ► the queue of registry events."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from operate.adapters.queues import BATCH, Outgoing, Queue
from operate.batches import batches
from operate.drift.repairs import Mending
from operate.views.registry_events import another_run, body_of


def sent(queue: Queue, repairs: Iterable[Mending], state_machine_arn: str) -> Iterator[list[Mending]]:
    """Send all, ten at a time; yield what was sent. Raise ``RefusedError`` if a message was not taken.

    The messages name the thing's last run, so that Ingest starts another even if that one succeeded.
    """
    for batch in batches(repairs, BATCH):
        queue.send([_message(each, state_machine_arn) for each in batch])
        yield batch


def _message(repair: Mending, state_machine_arn: str) -> Outgoing:
    return Outgoing(
        body_of(repair.event, datetime.now(UTC)), another_run(state_machine_arn, repair.latest_run or "none")
    )
