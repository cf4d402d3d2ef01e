"""Read what runs wait for, and say so while a command waits for their outcomes."""

import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import TypeVar

from operate.adapters.aws_errors import EXPECTED
from operate.adapters.run_histories import RunHistories
from operate.operator import Operator
from operate.rendering.console import err
from operate.views.retrying import Retry, Retrying, failed_tries, retriers_in, retry_of, summarize
from workflows.ports.journal import Snapshots
from workflows.steps.concurrency import map_concurrently

# So many runs are read, each with one call.
SAMPLE = 10
# A state repeats its tries up to a minute apart. The first notice comes soon, while somebody still looks.
_FIRST_S, _UNTIL_ONE_WAITS_S, _EVERY_S = 5.0, 10.0, 20.0
_GOES_ON = "The runs repeat their tries by themselves. What fails in the end: thingsync failures, thingsync redrive."

T = TypeVar("T")
Runs = Callable[[], Iterable[str]]
# Takes the IDs of the things that a command waits for.
CheckThings = Callable[[Iterable[str]], None]
Say = Callable[[str], None]


def read_retry(histories: RunHistories, run: str) -> Retry | None:
    """Return the retry that a run waits for; the definition is read only if a try has failed."""
    events = histories.latest_events(run)
    _, failed = failed_tries(events)
    return retry_of(run, events, retriers_in(histories.definition)) if failed else None


def read_retrying(histories: RunHistories, runs: Iterable[str]) -> Retrying | None:
    """Return what most of the first ``SAMPLE`` runs wait for; None if none of them repeats a try."""
    return summarize(list(map_concurrently(partial(read_retry, histories), islice(runs, SAMPLE))))


def runs_of(journal: Snapshots, thing_ids: Iterable[str]) -> list[str]:
    """Return the runs at work on the first ``SAMPLE`` things."""
    states = map_concurrently(journal.read, islice(thing_ids, SAMPLE))
    return [state.busy.run for state in states if state.busy]


def ignore(_thing_ids: Iterable[str]) -> None:
    """Check nothing."""


class RetryNotice:
    """Says now and then what the runs wait for that a command waits for. Nothing if the role may not read runs."""

    def __init__(
        self, histories: RunHistories, *, clock: Callable[[], float] = time.monotonic, say: Say = err.print
    ) -> None:
        self._histories, self._clock, self._say = histories, clock, say
        self._due = clock() + _FIRST_S
        self._is_first = True

    def check(self, runs: Runs) -> None:
        """Read the runs if it is time for that."""
        if self._clock() < self._due:
            return
        try:
            retrying = read_retrying(self._histories, runs())
        except EXPECTED:
            self._due = float("inf")
            return
        self._due = self._clock() + (_EVERY_S if retrying else _UNTIL_ONE_WAITS_S)
        if retrying:
            self._say(f"{retrying}.")
        if retrying and self._is_first:
            self._say(_GOES_ON)
            self._is_first = False

    def between(self, rounds: Iterable[T], runs: Runs) -> Iterator[T]:
        """Check the runs after each round."""
        for each in rounds:
            yield each
            self.check(runs)


def notice_of_things(operator: Operator) -> CheckThings:
    """Return what says now and then what the runs of things wait for."""
    notice = RetryNotice(operator.run_histories)
    return lambda thing_ids: notice.check(lambda: runs_of(operator.journal, thing_ids))
