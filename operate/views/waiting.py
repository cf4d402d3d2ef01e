"""Events that the journal does not know yet: what can be known of where they are. Pure."""

from operate.views.messages import DeadLetteredMessage
from operate.views.times import iso
from operate.views.wording import plural
from workflows.domain.correction import argument
from workflows.domain.fold import order_of
from workflows.ports.journal import Snapshot
from workflows.values import value

# In these statuses nothing is left to do for a thing that is gone.
_GONE = ("removed", "skipped")


@value
class QueueDepth:
    """Messages of a queue; ``oldest_age_s`` is None if it is empty."""

    waiting: int
    in_flight: int
    oldest_age_s: float | None = None

    @property
    def total(self) -> int:
        return self.waiting + self.in_flight


@value
class WaitingEvents:
    """SQS counts the messages of a queue, and finds none by its thing.

    ``read`` is how many messages of the dead-letter queue were looked at; ``dead_lettered`` are those of the thing that
    a redrive would process.
    """

    queue: QueueDepth
    dead_letters: QueueDepth
    read: int = 0
    dead_lettered: tuple[DeadLetteredMessage, ...] = ()

    @property
    def in_words(self) -> tuple[str, ...]:
        if self.dead_lettered:
            return tuple(f"in the dead-letter queue: {_named(each)}" for each in self.dead_lettered)
        in_queue = plural(self.queue.total, "event") if self.queue.total else "no event"
        among = "; its own may be among them" if self.queue.total else ""
        return (f"the queue has {in_queue}{among}", *self._not_read)

    def what_to_do(self, thing_name: str) -> str:
        if self.dead_lettered:
            return self.dead_lettered[0].advice_for(thing_name)
        if self.queue.total:
            return f"Wait, and look again. If it stays so, run thingsync replay {argument(thing_name)}."
        return f"If it stays so, run thingsync replay {argument(thing_name)}: it sends the thing as it is now."

    @property
    def _not_read(self) -> tuple[str, ...]:
        if self.dead_letters.total <= self.read:
            return ()
        rest = f"the first {self.read:,} of about {self.dead_letters.total:,}"
        return (f"of the dead-letter queue's messages only {rest} were looked at",)


def _named(message: DeadLetteredMessage) -> str:
    change = f"{message.event.operation} {message.event.version_number}" if message.event else ""
    return f"{change}, {message.kind}: {message.error_name}"


def is_behind(snapshot: Snapshot | None, version_number: int | None, *, is_others: bool = False) -> bool:
    """Return whether the journal has nothing of the thing's present version, or of its deletion if it has none.

    A thing that ``is_others`` concerns this stack only while it has its device here.
    """
    if is_others and (snapshot is None or snapshot.status in _GONE):
        return False
    if snapshot is None:
        return True
    state = snapshot.state
    known = [order_of(each.operation, each.version_number) for each in (state.settled, state.busy) if each]
    if version_number is None:
        return snapshot.status not in _GONE and not any(is_deletion for is_deletion, _ in known)
    return max(known, default=(False, 0)) < (False, version_number)


def waiting_json(waiting: WaitingEvents) -> dict[str, object]:
    return {
        "queue": _counts_json(waiting.queue),
        "deadLetterQueue": _counts_json(waiting.dead_letters),
        "read": waiting.read,
        "deadLettered": [_message_json(each) for each in waiting.dead_lettered],
    }


def queue_json(depth: QueueDepth) -> dict[str, object]:
    return {**_counts_json(depth), "oldestAgeSeconds": depth.oldest_age_s}


def _counts_json(depth: QueueDepth) -> dict[str, object]:
    return {"waiting": depth.waiting, "inFlight": depth.in_flight}


def _message_json(message: DeadLetteredMessage) -> dict[str, object]:
    return {
        "messageId": message.message_id,
        "kind": message.kind,
        "error": message.error_name,
        "sentAt": iso(message.sent_at),
        "operation": message.event.operation if message.event else None,
        "versionNumber": message.event.version_number if message.event else None,
    }
