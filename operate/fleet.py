"""Read the fleet as it is now: from the journal, AWS IoT, the queues and CloudWatch."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from operate.adapters.parts import Watching
from operate.adapters.queues import Queue
from operate.adapters.things import describe_thing
from operate.errors import UnknownThingError
from operate.operator import Operator
from operate.pacing import looked_up
from operate.views.failures import UNHAPPY, Trouble, Wanted, message_in, trouble_of
from operate.views.messages import Seen, seen
from operate.views.status import STATUSES, Depth, Fleet, ThingView, methods_of
from workflows.adapters.shadow import IoTRegistrationShadow
from workflows.domain.event import relevance
from workflows.domain.fold import Status, ThingState
from workflows.ports.journal import Snapshot
from workflows.schemas.shadow import load_registration

_SAMPLE = 10


def fleet(operator: Operator, now: datetime) -> Fleet:
    watching = Watching(operator.clients.cloudwatch)
    registered = methods_of(operator.history.by_status("registered"))
    others = [status for status in STATUSES if status != "registered"]
    counts: dict[Status, int] = {"registered": registered.total()}
    counted = looked_up(lambda status: sum(1 for _ in operator.history.by_status(status)), others)
    counts |= dict(zip(others, counted, strict=True))
    return Fleet(
        stack_name=operator.stack_name,
        region=operator.stack.region,
        things=counts,
        methods=registered,
        queue=_aged(operator.queue, watching, now),
        dead_letters=_looked_into(_aged(operator.dead_letters, watching, now), operator.dead_letters, now),
        alarms=tuple(watching.in_force(operator.physical_ids("AWS::CloudWatch::Alarm"))),
    )


def _aged(queue: Queue, watching: Watching, now: datetime) -> Depth:
    depth = queue.depth()
    return replace(depth, oldest_age_s=watching.oldest_age_s(queue.name, now)) if depth.total else depth


def _looked_into(depth: Depth, queue: Queue, now: datetime) -> Depth:
    """CloudWatch tells nothing of a queue's first minutes; nothing but people reads this one, so look."""
    if depth.oldest_age_s is not None or not depth.waiting:
        return depth
    ages = [(now - letter.sent_at).total_seconds() for letter in queue.look(_SAMPLE)]
    return replace(depth, oldest_age_s=max(ages, default=None))


def thing(operator: Operator, thing_name: str) -> ThingView:
    """Raise ``UnknownThingError`` if nobody has heard of it."""
    found = describe_thing(operator.clients.iot, thing_name)
    snapshots = list(operator.history.named(thing_name))
    if found is None and not snapshots:
        raise UnknownThingError(
            f"Neither AWS IoT nor the journal of {operator.stack_name} knows a thing {thing_name}. Names are "
            "case-sensitive."
        )
    now_its = [snapshot for snapshot in snapshots if found is None or snapshot.thing_id == found.thing_id]
    snapshot = next(iter(now_its), None)
    return ThingView(
        thing_name=thing_name,
        exists=found is not None,
        thing_id=found.thing_id if found else snapshots[0].thing_id,
        version_number=found.version_number if found else None,
        snapshot=snapshot,
        trouble=trouble_of(snapshot, operator.history.recent(snapshot.thing_id)) if snapshot else None,
        reported=_reported(operator, thing_name),
    )


def why_unhappy(operator: Operator, snapshot: Snapshot) -> str:
    """Say why a thing failed or was rejected; nothing of one that did neither."""
    trouble = trouble_of(snapshot, operator.history.recent(snapshot.thing_id))
    if trouble is None:
        return ""
    return ": ".join(filter(None, (trouble.error_name, message_in(_reported(operator, snapshot.thing_name), trouble))))


def _reported(operator: Operator, thing_name: str) -> dict[str, Any] | None:
    shadow = IoTRegistrationShadow(operator.clients.iot_data).read(thing_name)
    return load_registration(shadow.reported) if shadow else None


def troubles(operator: Operator, wanted: Wanted) -> Iterator[Trouble]:
    """The failed first, of each the latest first. the snapshot knows no error's name, so each stream's end is read."""
    for status in UNHAPPY:
        snapshots = wanted.of_snapshots(operator.history.by_status(status))
        found = looked_up(lambda snapshot: trouble_of(snapshot, operator.history.recent(snapshot.thing_id)), snapshots)
        yield from wanted.of_troubles(found)


def letters(operator: Operator, limit: int) -> Iterator[tuple[Seen, ThingState]]:
    found = [
        _with_owner(operator, seen(each.message_id, each.body, each.attributes, each.sent_at))
        for each in operator.dead_letters.look(limit)
    ]
    found.sort(key=lambda letter: letter.sent_at)

    def state_of(letter: Seen) -> ThingState:
        return operator.history.read(letter.event.thing_id) if letter.event else ThingState()

    return zip(found, looked_up(state_of, found), strict=True)


def _with_owner(operator: Operator, letter: Seen) -> Seen:
    if letter.event is None:
        return letter
    type_name = operator.stack.thing_type_name
    whose = relevance(letter.event, stack_name=operator.stack_name, thing_type_name=type_name)
    return replace(letter, whose=whose)
