"""Publish: facts from the table's stream ► events, in the order of each thing, none left out in silence."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import takewhile

from workflows.domain.publishing import FactEvent, Published, Refusal, Streamed, calls_for
from workflows.errors import TransientError, UnknownFactError
from workflows.ports.publishing import FactBus
from workflows.ports.runs import DeadLetterQueue
from workflows.values import value


@value
class Publisher:
    """``read`` raises ``UnknownFactError``."""

    bus: FactBus
    dead_letters: DeadLetterQueue
    read: Callable[[Streamed], FactEvent]

    def publish(self, facts: Sequence[Streamed]) -> Published:
        """Publish ``facts`` up to the first that EventBridge does not take.

        A fact that cannot be read goes to the dead-letter queue: it would hold up all facts behind it, of every thing.
        """
        errors: dict[str, UnknownFactError] = {}
        count = 0
        for call in calls_for(self._readable(facts, errors)):
            refusal = self._put(call)
            count += len(call) if refusal is None else refusal.index
            if refusal is not None:
                again_from = call[refusal.index].number
                return Published(count, self._put_aside(facts, errors, again_from), again_from, refusal.error_name)
        return Published(count, self._put_aside(facts, errors))

    def _readable(self, facts: Iterable[Streamed], errors: dict[str, UnknownFactError]) -> Iterator[FactEvent]:
        for streamed in facts:
            try:
                yield self.read(streamed)
            except UnknownFactError as error:
                errors[streamed.number] = error

    def _put_aside(
        self, facts: Iterable[Streamed], errors: Mapping[str, UnknownFactError], again_from: str | None = None
    ) -> tuple[str, ...]:
        """Leave out what is delivered again: in an outage each delivery would put it on the queue once more."""
        settled = takewhile(lambda streamed: streamed.number != again_from, facts)
        unreadable = [streamed for streamed in settled if streamed.number in errors]
        for streamed in unreadable:
            self.dead_letters.put(f"{streamed.item.get('pk')} {streamed.item.get('sk')}", errors[streamed.number])
        return tuple(str(errors[streamed.number]) for streamed in unreadable)

    def _put(self, call: list[FactEvent]) -> Refusal | None:
        try:
            return self.bus.put(call)
        except TransientError as error:
            return Refusal(0, type(error).__name__)
