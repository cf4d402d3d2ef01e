"""Deleted things ► the journal's last attributes ► things in AWS IoT again ► the outcome of each."""

from collections.abc import Iterable, Iterator, Sequence

from operate.adapters.queues import BATCH, OutgoingMessage, QueueMessage
from operate.bulk.checking import PlannedThing
from operate.bulk.importing import PlanExecution
from operate.bulk.register import Register, RowOutcome, RowPlan
from operate.operator import Operator
from operate.pacing import Pace
from operate.views.messages import classify
from operate.views.restoring import DeletedThing, NotRestored, RestoreResult, is_held, plan_restore
from workflows.domain.batches import batches
from workflows.steps.concurrency import map_concurrently

# So many messages can be read and put back before the first becomes visible again.
_READ_AT_ONCE = 1000


def held_things(operator: Operator) -> list[str]:
    """Name the things whose deletion is held, by the journal: the dead-letter queue shows only a sample."""
    return [each.thing_name for each in operator.journal.by_status("failed") if is_held(each.state)]


def plan_restores(operator: Operator, thing_names: Iterable[str]) -> Iterator[DeletedThing | NotRestored]:
    def plan(thing_name: str) -> DeletedThing | NotRestored:
        if operator.things.describe(thing_name) is not None:
            return NotRestored(thing_name, "AWS IoT has a thing of this name: there is nothing to restore")
        return plan_restore(
            thing_name,
            list(operator.journal.named(thing_name)),
            stack_name=operator.stack_name,
            latest_first=operator.journal.recent,
            owner=operator.journal.owner,
        )

    return map_concurrently(plan, dict.fromkeys(thing_names))


def without_duplicates(planned: Iterable[DeletedThing | NotRestored]) -> Iterator[DeletedThing | NotRestored]:
    """Two things may have had one device, one after the other: only the first of them gets it."""
    device_ids: set[str] = set()
    for each in planned:
        if isinstance(each, DeletedThing) and each.device.device_id in device_ids:
            reason = f"device {each.device.device_id} is another thing's of this list"
            yield NotRestored(each.thing_name, reason)
            continue
        if isinstance(each, DeletedThing):
            device_ids.add(each.device.device_id)
        yield each


def _thing(line: int, planned: DeletedThing) -> PlannedThing:
    return PlannedThing(line, planned.thing_name, planned.device.device_id, planned.device.dev_eui, planned.attributes)


def make_all(
    operator: Operator, register: Register, planned: Sequence[DeletedThing], pace: Pace
) -> Iterator[RowOutcome]:
    things = [_thing(line, each) for line, each in enumerate(planned, start=1)]
    for thing in things:
        register.add(thing)
        register.record_plan(thing.line, RowPlan("add"))
    return PlanExecution(operator.things, register, pace, rejection=lambda _thing, _attributes: "").carry_out(things)


def settle_deletions(operator: Operator, results: Iterable[RestoreResult]) -> Iterator[int]:
    """Send the held deletions of restored things to the queue again; yield how many, batch by batch.

    Their devices belong to the new things now. So the pipeline removes nothing, and the journal knows that the old
    things are gone. So it does no harm either if another restore sends the same ones.
    """
    settled = {each.planned.thing_id for each in results if each.is_good}
    found = (
        [each for each in operator.dead_letters.read(_READ_AT_ONCE) if _thing_of(each) in settled] if settled else []
    )
    for batch in batches(found, BATCH):
        operator.queue.send([OutgoingMessage(each.body, each.attributes) for each in batch])
        yield len(batch)
        operator.dead_letters.delete(batch)


def _thing_of(message: QueueMessage) -> str | None:
    event = classify(message.message_id, message.body, message.attributes, message.sent_at).event
    return event.thing_id if event and event.operation == "DELETED" else None
