"""Findings that an event explains which is still in the queue: they are no drift."""

import time
from collections.abc import Callable, Sequence

from operate.adapters.queues import Queue
from operate.views.drift import ThingComparison
from workflows.adapters.drift.ledger import Ledger
from workflows.steps.drift.awaiting import look_again_at_awaited
from workflows.steps.drift.inspection import Inspector

# From the queue into the journal an event takes a moment, too.
_MOMENT_S = 3.0


def drop_awaited(queue: Queue, inspector: Inspector, ledger: Ledger) -> int:
    """Keep only what is still so if no event is in the queue; return how many things were not compared."""
    if not ledger.awaited(0, 1):
        return 0
    if not _is_empty(queue):
        return ledger.drop_awaited()
    after: int | None = 0
    while after is not None:
        after = look_again_at_awaited(inspector, ledger, after)
    return 0


def compared_again(
    queue: Queue, compared: Sequence[ThingComparison], compare: Callable[[str], ThingComparison]
) -> list[ThingComparison]:
    """Compare things again that an event may be on its way for; if one is in the queue, they wait."""
    if not any(each.is_awaited for each in compared):
        return list(compared)
    is_empty = _is_empty(queue)
    again = (compare(each.thing_name) if each.is_awaited else each for each in compared)
    return [each if is_empty or not each.is_awaited else each.waiting() for each in again]


def _is_empty(queue: Queue) -> bool:
    """Return whether no event is in the queue; then one that was in it has a moment to arrive."""
    depth = queue.depth()
    if depth.waiting or depth.in_flight:
        return False
    time.sleep(_MOMENT_S)
    return True
