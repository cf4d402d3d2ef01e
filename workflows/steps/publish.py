"""Publish: facts from the table's stream ► events, in the order of each thing, none left out in silence."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from workflows.domain.publishing import FactEvent, Published, Refusal, Streamed, calls_for
from workflows.errors import TransientError, UnknownFactError
from workflows.ports import DeadLetterQueue, FactBus


@dataclass(frozen=True, slots=True)
class Publisher:
    """``read`` raises ``UnknownFactError``."""

    bus: FactBus
    dead_letters: DeadLetterQueue
    read: Callable[[Streamed], FactEvent]

    def publish(self, facts: Iterable[Streamed]) -> Published:
        """Publish ``facts`` up to the first that EventBridge does not take.

        A fact that cannot be read goes to the dead-letter queue: it would hold up all facts behind it, of every thing.
        """
        unreadable: list[str] = []
        count = 0
        for call in calls_for(self._readable(facts, unreadable)):
            refusal = self._put(call)
            count += len(call) if refusal is None else refusal.index
            if refusal is not None:
                return Published(count, tuple(unreadable), call[refusal.index].number, refusal.error_name)
        return Published(count, tuple(unreadable))

    def _readable(self, facts: Iterable[Streamed], unreadable: list[str]) -> Iterator[FactEvent]:
        for streamed in facts:
            try:
                yield self.read(streamed)
            except UnknownFactError as error:
                self.dead_letters.put(f"{streamed.item.get('pk')} {streamed.item.get('sk')}", error)
                unreadable.append(str(error))

    def _put(self, call: list[FactEvent]) -> Refusal | None:
        try:
            return self.bus.put(call)
        except TransientError as error:
            return Refusal(0, type(error).__name__)
