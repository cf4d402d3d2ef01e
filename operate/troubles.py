"""The failed and rejected things of a fleet, as a stream."""

from collections.abc import Iterator

from operate.batches import looked_up
from operate.operator import Operator
from operate.views.failures import Wanted
from operate.views.outcomes import UNHAPPY, Trouble, trouble_of


def troubles(operator: Operator, wanted: Wanted) -> Iterator[Trouble]:
    """The failed first, of each the latest first. HEAD knows no error's name, so each stream's end is read."""
    for status in UNHAPPY:
        heads = wanted.of_heads(operator.history.standing(status))
        found = looked_up(lambda head: trouble_of(head, operator.history.recent(head.thing_id)), heads)
        yield from wanted.of_troubles(found)
