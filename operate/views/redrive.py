"""What a redrive sets out to do, and what became of what it moved. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from operate.views.brake import Removals, Whose, removals
from operate.views.letters import Seen
from operate.views.replay import Planned, Replayed
from workflows.domain.event import RegistryEvent
from workflows.domain.fold import ThingState, order_of


@dataclass(frozen=True, slots=True)
class Redriven:
    """``status`` is the move's own; ``results`` tells of those letters that were looked at before."""

    status: str
    moved: int
    results: tuple[Replayed, ...]
    left: int

    @property
    def is_under_way(self) -> bool:
        return self.status == "RUNNING"

    @property
    def is_good(self) -> bool:
        return self.status == "COMPLETED" and not self.left and all(each.is_good for each in self.results)


def expected(letters: Iterable[tuple[Seen, ThingState]]) -> list[Planned]:
    """Return the outcomes to wait for: of each thing that of its latest change, and none where no run will work on it.

    Older changes of the thing are skipped once the latest has its outcome, or have theirs before it.
    """
    waiting = defaultdict[str, list[_Waiting]](list)
    for letter, state in letters:
        if letter.event and letter.helps(state) != "no need" and not letter.is_ignored(state):
            waiting[letter.event.thing_id].append(_Waiting(letter.event, letter.error_name, state.facts))
    return [_latest(messages) for messages in waiting.values()]


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A message of a thing of which the journal has so many ``facts``."""

    event: RegistryEvent
    error_name: str
    facts: int

    @property
    def order(self) -> tuple[bool, int]:
        return order_of(self.event.operation, self.event.version_number)


def _latest(messages: Sequence[_Waiting]) -> Planned:
    """Several may ask for the latest change, as after a replay that failed, too."""
    latest = max(messages, key=lambda each: (each.order, each.event.repair))
    count = sum(each.order == latest.order for each in messages)
    return Planned(latest.event.thing_name, "send", latest.error_name, latest.event, latest.facts, count)


def removals_of(messages: Iterable[tuple[Seen, ThingState]], whose: Whose, *, unseen: int) -> Removals:
    """Count the things that lose their devices by a redrive; what could not be looked at may be anything."""
    found = ((each.event, state) for each, state in messages if each.event and each.helps(state) != "no need")
    return replace(removals(found, whose), unseen=unseen)


def kinds(letters: Sequence[tuple[Seen, ThingState]]) -> list[tuple[str, str, str, int]]:
    """Count letters by kind, error and whether a redrive helps, the most first."""
    counted = Counter((letter.kind, letter.error_name, letter.helps(state)) for letter, state in letters)
    return [(*which, count) for which, count in counted.most_common()]


def outcomes(results: Iterable[Replayed]) -> Counter[str]:
    return Counter(each.outcome for each in results)


def redrive_json(redriven: Redriven) -> dict[str, object]:
    return {
        "status": redriven.status.lower(),
        "moved": redriven.moved,
        "outcomes": dict(outcomes(redriven.results)),
        "notWell": [
            {"thingName": each.planned.thing_name, "outcome": each.outcome, "error": each.error_name}
            for each in redriven.results
            if not each.is_good
        ],
        "deadLetters": redriven.left,
    }
