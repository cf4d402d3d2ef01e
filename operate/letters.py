"""The letters of the dead-letter queue, each with what the journal says of its thing."""

from collections.abc import Iterator
from dataclasses import replace

from operate.batches import looked_up
from operate.operator import Operator
from operate.views.letters import Seen, seen
from workflows.domain.event import relevance
from workflows.domain.fold import ThingState


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
