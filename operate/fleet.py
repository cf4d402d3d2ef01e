"""Read the fleet as it is now: from the journal, AWS IoT, the queues and CloudWatch."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from fnmatch import fnmatchcase
from itertools import chain
from typing import Any

from operate.adapters.aws_errors import EXPECTED, explained
from operate.adapters.journal_counts import SOON_PAGES, JournalCounts
from operate.adapters.parts import Monitoring
from operate.adapters.queues import Queue
from operate.device_check import check_device
from operate.errors import UnknownThingError
from operate.last_run import read_last_run
from operate.operator import Operator
from operate.retrying import SAMPLE, read_retry, read_retrying
from operate.views.counts import STATUSES, FleetCounts, counts_of
from operate.views.failures import FAILED_STATUSES, FailedThing, FailureFilter, failure_of, needs_facts
from operate.views.identification import how_to_make_ours, misspelled, what_is_not_ours
from operate.views.messages import DeadLetteredMessage, classify
from operate.views.retrying import Retry, Retrying
from operate.views.status import Fleet, ThingView
from operate.views.waiting import QueueDepth, WaitingEvents, is_behind
from workflows.adapters.shadow import IoTRegistrationShadow
from workflows.domain.batches import batches
from workflows.domain.error_text import without_codes
from workflows.domain.fold import ThingState
from workflows.domain.registry_things import DescribedThing
from workflows.ports.journal import Snapshot
from workflows.schemas.shadow import load_registration
from workflows.steps.concurrency import MAX_CONCURRENT, map_concurrently

_SAMPLE = 10
# For one thing: ten calls, which hide what they read from others for a moment.
_MOST_READ = 100


def read_fleet(operator: Operator, now: datetime, *, is_exact: bool = False) -> Fleet:
    """``is_exact``: count every thing, however many there are."""
    monitoring = Monitoring(operator.clients.cloudwatch)
    retrying, unread = _retrying(operator, operator.journal.ends("in flight", SAMPLE // 2))
    dead_letters = _with_age(operator.dead_letters, monitoring, now)
    return Fleet(
        stack_name=operator.stack_name,
        region=operator.stack.region,
        counts=_counts(operator, is_exact=is_exact),
        queue=_with_age(operator.queue, monitoring, now),
        dead_letters=_with_sampled_age(dead_letters, operator.dead_letters, now),
        reconcile=read_last_run(operator, now),
        alarms=tuple(monitoring.alarms_in_force(operator.physical_ids("AWS::CloudWatch::Alarm"))),
        retrying=retrying,
        unread=unread,
    )


def _counts(operator: Operator, *, is_exact: bool) -> FleetCounts:
    table = JournalCounts(operator.clients.dynamodb, operator.stack.journal_table, None if is_exact else SOON_PAGES)
    counted = dict(zip(STATUSES, map_concurrently(table.count, STATUSES), strict=True))
    if all(each.is_all for each in counted.values()):
        return counts_of(counted)
    return counts_of(counted, table.stored(), table.sample())


def _retrying(operator: Operator, at_work: Sequence[Snapshot]) -> tuple[Retrying | None, str]:
    """Return what the runs of things wait for. If that cannot be read, say why: the rest of the status is right."""
    runs = [snapshot.state.busy.run for snapshot in at_work if snapshot.state.busy]
    try:
        return read_retrying(operator.run_histories, runs), ""
    except EXPECTED as error:
        return None, str(explained(error, "status"))


def _with_age(queue: Queue, monitoring: Monitoring, now: datetime) -> QueueDepth:
    depth = queue.depth()
    return replace(depth, oldest_age_s=monitoring.oldest_age_s(queue.name, now)) if depth.total else depth


def _with_sampled_age(depth: QueueDepth, queue: Queue, now: datetime) -> QueueDepth:
    """CloudWatch has no metric in a queue's first minutes; only people read this queue, so a sample is read."""
    if depth.oldest_age_s is not None or not depth.waiting:
        return depth
    ages = [(now - message.sent_at).total_seconds() for message in queue.read(_SAMPLE)]
    return replace(depth, oldest_age_s=max(ages, default=None))


def read_thing(operator: Operator, thing_name: str) -> ThingView:
    """Raise ``UnknownThingError`` if neither AWS IoT nor the journal knows the thing."""
    found = operator.things.describe(thing_name)
    snapshots = list(operator.journal.named(thing_name))
    if found is None and not snapshots:
        raise UnknownThingError(
            f"Neither AWS IoT nor the journal of {operator.stack_name} knows a thing {thing_name}. Names are "
            "case-sensitive."
        )
    of_thing = [snapshot for snapshot in snapshots if found is None or snapshot.thing_id == found.thing_id]
    snapshot = next(iter(of_thing), None)
    others = _others(operator, found) if found else ()
    is_here = found is not None and not others
    thing_id, version_number = (found.thing_id, found.version_number) if found else (snapshots[0].thing_id, None)
    behind = is_behind(snapshot, version_number, is_others=bool(others))
    return ThingView(
        thing_name=thing_name,
        exists=found is not None,
        thing_id=thing_id,
        version_number=version_number,
        snapshot=snapshot,
        failure=_failure(operator, snapshot) if snapshot else None,
        reported=_reported(operator, thing_name),
        others=others,
        how_to_make_ours=how_to_make_ours(thing_name, others, operator.scope),
        misspelled=misspelled(found.attributes) if found else (),
        check=check_device(operator, snapshot, found.version_number) if found and is_here and snapshot else None,
        retry=_retry(operator, snapshot) if snapshot else None,
        waiting=_waiting(operator, thing_id) if behind else None,
    )


def _waiting(operator: Operator, thing_id: str) -> WaitingEvents:
    """Count what is in the queue, and look into the dead-letter queue: its messages can only be received."""
    queue, dead_letters = operator.queue.depth(), operator.dead_letters.depth()
    found = dead_lettered_messages(operator, _MOST_READ) if dead_letters.total else []
    of_thing = (
        message
        for message, state in found
        if message.event and message.event.thing_id == thing_id and message.redrive_helps(state) != "no need"
    )
    return WaitingEvents(queue, dead_letters, len(found), tuple(of_thing))


def _others(operator: Operator, thing: DescribedThing) -> tuple[str, ...]:
    """Return what makes the thing another's by the pipeline's own rule; a thing that lost its type is still ours."""
    if operator.scope.relevance(thing.event) == "ours":
        return ()
    return what_is_not_ours(thing.thing_type_name, thing.attributes, operator.scope)


def _retry(operator: Operator, snapshot: Snapshot) -> Retry | None:
    """Return what the run at work on a thing waits for; None if that cannot be read."""
    busy = snapshot.state.busy
    try:
        return read_retry(operator.run_histories, busy.run) if busy else None
    except EXPECTED:
        return None


def explain_failure(operator: Operator, snapshot: Snapshot) -> str:
    """Return why a thing failed or was rejected; empty if it did neither."""
    failure = _failure(operator, snapshot)
    if failure is None:
        return ""
    return ": ".join(filter(None, (failure.error_name, without_codes(failure.message))))


def _failure(operator: Operator, snapshot: Snapshot) -> FailedThing | None:
    return failure_of(snapshot, operator.journal.recent(snapshot.thing_id))


def _reported(operator: Operator, thing_name: str) -> dict[str, Any] | None:
    shadow = IoTRegistrationShadow(operator.clients.iot_data).read(thing_name)
    return load_registration(shadow.reported) if shadow else None


def failed_things(operator: Operator, wanted: FailureFilter) -> Iterator[FailedThing]:
    """Yield the failed things, then the rejected ones, the latest first.

    Facts are read only of things whose snapshot an older Thingsync wrote.
    """
    for status in FAILED_STATUSES:
        yield from wanted.failures(_failures(operator, wanted.snapshots(operator.journal.by_status(status))))


def _failures(operator: Operator, snapshots: Iterable[Snapshot]) -> Iterator[FailedThing | None]:
    """Threads are for reading facts: without that, they take longer than the rest."""

    def read(snapshot: Snapshot) -> FailedThing | None:
        return _failure(operator, snapshot)

    for batch in batches(snapshots, MAX_CONCURRENT):
        yield from map_concurrently(read, batch) if any(map(needs_facts, batch)) else map(read, batch)


def knows_thing(operator: Operator, pattern: str) -> bool:
    """Return whether the journal has a thing of such a name; it reads snapshots until one matches."""
    if any(operator.journal.named(pattern)):
        return True
    snapshots = chain.from_iterable(operator.journal.by_status(status) for status in STATUSES)
    return any(fnmatchcase(snapshot.thing_name, pattern) for snapshot in snapshots)


def dead_lettered_messages(operator: Operator, limit: int) -> list[tuple[DeadLetteredMessage, ThingState]]:
    """Return up to ``limit`` messages, the oldest first, each with the state of its thing in the journal."""
    messages = [
        _with_relevance(operator, classify(each.message_id, each.body, each.attributes, each.sent_at))
        for each in operator.dead_letters.read(limit)
    ]
    messages.sort(key=lambda message: message.sent_at)

    def state_of(message: DeadLetteredMessage) -> ThingState:
        return operator.journal.read(message.event.thing_id) if message.event else ThingState()

    return list(zip(messages, map_concurrently(state_of, messages), strict=True))


def _with_relevance(operator: Operator, message: DeadLetteredMessage) -> DeadLetteredMessage:
    return replace(message, relevance=operator.scope.relevance(message.event)) if message.event else message
