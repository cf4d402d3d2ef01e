"""Waiting for what the journal says became of events."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from operate.batches import looked_up
from operate.views.replay import Planned, Replayed, became
from workflows.ports.journal import History

GLANCE_S = 1.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for the next outcome before giving up on the rest; the clock and the sleep are the caller's."""

    at_most_s: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def until(self, holds: Callable[[], bool]) -> bool:
        """Look again and again; return whether it held in time."""
        deadline = self.clock() + self.at_most_s
        while not (held := holds()) and self.clock() < deadline:
            self.sleep(GLANCE_S)
        return held


def followed(history: History, planned: Sequence[Planned], patience: Patience) -> Iterator[Replayed]:
    """Yield what became of each, as it becomes known; what is still under way in the end comes last, as that.

    What failed and might have been put right by another run comes last, too.
    """
    pending = list(planned)
    deadline = patience.clock() + patience.at_most_s
    while pending and patience.clock() < deadline:
        found = list(zip(pending, looked_up(partial(_seen, history), pending), strict=True))
        done = [result for _, result in found if result]
        pending = [each for each, result in found if not result]
        yield from done
        if done:
            deadline = patience.clock() + patience.at_most_s
        if pending:
            patience.sleep(GLANCE_S)
    last = looked_up(partial(_seen, history, patient=False), pending)
    yield from (result or Replayed(each, "in flight") for each, result in zip(pending, last, strict=True))


def as_of_now(history: History, planned: Sequence[Planned]) -> list[Planned]:
    """Count the facts of each thing again: what happened while somebody read the plan is not an outcome of it."""

    def counted(each: Planned) -> Planned:
        return replace(each, facts=history.read(each.event.thing_id).facts) if each.event else each

    return list(looked_up(counted, planned))


def _seen(history: History, planned: Planned, *, patient: bool = True) -> Replayed | None:
    if planned.event is None:
        return None
    thing_id = planned.event.thing_id
    return became(planned, history.read(thing_id), lambda: history.recent(thing_id), patient=patient)
