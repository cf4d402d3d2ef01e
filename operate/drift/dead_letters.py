"""Repairs whose events are in the dead-letter queue: no run works on them, so nobody needs to wait for them."""

import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime

from operate.adapters.aws_errors import EXPECTED
from operate.drift.repairs import SentRepair
from operate.fleet import dead_lettered_messages
from operate.operator import Operator
from operate.views.messages import DeadLetteredMessage
from operate.views.replay import DeadLetter
from workflows.domain.event import RegistryEvent

_MOST_READ = 100
# Reading hides messages from others. It is due when the queue's length has changed, or after this time.
_EVERY_S = 20.0


class DeadRepairs:
    """Finds them. Nothing if the role may not read that queue."""

    def __init__(self, operator: Operator, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._operator, self._clock = operator, clock
        self._since_ms = int(datetime.now(UTC).timestamp() * 1000)
        self._total, self._due = 0, 0.0

    def find(self, sent: Iterable[SentRepair]) -> Iterator[tuple[SentRepair, DeadLetter]]:
        """Yield the repairs among ``sent`` that a redrive would process."""
        dead = list(self._messages())
        for each in sent:
            _, event = each
            if message := next((found for found in dead if self._is_of(found.event, each)), None):
                yield each, DeadLetter(message.error_name, message.advice_for(event.thing_name))

    def _messages(self) -> Iterator[DeadLetteredMessage]:
        try:
            found = dead_lettered_messages(self._operator, _MOST_READ) if self._is_due() else []
        except EXPECTED:
            self._due = float("inf")
            return
        yield from (message for message, state in found if message.redrive_helps(state) not in ("no", "no need"))

    def _is_due(self) -> bool:
        if self._due == float("inf"):
            return False
        total, before = self._operator.dead_letters.depth().total, self._total
        self._total = total
        if not total or (total == before and self._clock() < self._due):
            return False
        self._due = self._clock() + _EVERY_S
        return True

    def _is_of(self, found: RegistryEvent | None, sent: SentRepair) -> bool:
        """An earlier repair of the same version may be there, too; AWS IoT's own event has AWS's time."""
        repair, event = sent
        return (
            found is not None
            and (found.thing_id, found.operation, found.version_number, found.repair)
            == (event.thing_id, event.operation, event.version_number, event.repair)
            and (repair.is_raised or (found.occurred_at_ms or 0) >= self._since_ms)
        )
