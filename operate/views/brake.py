"""The brake: a command that works on many things at once takes few devices away, unless it is told how many. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from operate.errors import TooManyRemovalsError
from operate.views.events import OTHERS
from workflows.domain.event import RegistryEvent, Relevance
from workflows.domain.fold import ThingState

# However small the fleet is, so many may go at once; of a large one, a hundredth.
LEAST = 10
NAMED = 5

Whose = Callable[[RegistryEvent], Relevance]


@dataclass(frozen=True, slots=True)
class Removals:
    """Things whose devices would be removed or released; ``unseen``: messages that may do so, too."""

    count: int
    first: tuple[str, ...]
    unseen: int = 0

    @property
    def at_most(self) -> int:
        return self.count + self.unseen

    def __str__(self) -> str:
        names = ", ".join((*self.first, *(("…",) if self.count > len(self.first) else ())))
        who = "1 thing would lose its device" if self.count == 1 else f"{self.count:,} things would lose their devices"
        unseen = f"{self.unseen:,} messages could not be looked at and may be deletions"
        return "; ".join([*([f"{who} ({names})"] if self.count else []), *([unseen] if self.unseen else [])])


def removals(events: Iterable[tuple[RegistryEvent, ThingState]], whose: Whose) -> Removals:
    """Count the things that lose their devices by ``events``, given all that happened to each before."""
    losing = {event.thing_id: event.thing_name for event, state in events if takes_away(event, state, whose)}
    return Removals(len(losing), tuple(losing.values())[:NAMED])


def takes_away(event: RegistryEvent, state: ThingState, whose: Whose) -> bool:
    """Tell whether the pipeline would remove or release a device for ``event``, unless it is served already.

    Of a deleted thing without facts a device may be known that the thing was made from.
    """
    has_device = state.device is not None or state.attempt is not None
    if event.operation == "DELETED":
        return has_device or (state.facts == 0 and whose(event) == "ours")
    return has_device and whose(event) in OTHERS


def ensure_few(removals: Removals, *, fleet: Callable[[], int], allowed: int | None) -> None:
    """Let few removals pass: ``allowed``, if that was said, else 10 or 1 % of the ``fleet``, whichever is more.

    Raises:
        TooManyRemovalsError: there are more. Nothing must be sent.
    """
    limit = LEAST if allowed is None else allowed
    if allowed is None and removals.at_most > limit:
        limit = max(limit, fleet() // 100)
    if removals.at_most > limit:
        rule = "10, or 1 % of the fleet" if allowed is None else "as --allow-removals says"
        raise TooManyRemovalsError(
            f"Nothing was sent: {removals}. At most {limit:,} may at once ({rule}). "
            f"If all of them are meant to, add --allow-removals {removals.at_most}."
        )
