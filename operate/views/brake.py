"""The brake: one command removes or releases only a few devices, unless the operator allows more. Pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from operate.errors import TooManyRemovalsError
from operate.views.events import NOT_OURS, StackScope
from workflows.domain.event import RegistryEvent
from workflows.domain.fold import ThingState

# In a fleet of any size, this many may lose their devices at once; in a large one 1 %.
ALWAYS_ALLOWED = 10
NAMED = 5


@dataclass(frozen=True, slots=True)
class Removals:
    """Things whose devices would be removed or released; ``unread`` messages may do the same."""

    count: int
    first: tuple[str, ...]
    unread: int = 0

    @property
    def at_most(self) -> int:
        return self.count + self.unread

    def __str__(self) -> str:
        names = ", ".join((*self.first, *(("…",) if self.count > len(self.first) else ())))
        who = "1 thing would lose its device" if self.count == 1 else f"{self.count:,} things would lose their devices"
        unread = f"{self.unread:,} messages could not be read and may be deletions"
        return "; ".join([*([f"{who} ({names})"] if self.count else []), *([unread] if self.unread else [])])


def removals(events: Iterable[tuple[RegistryEvent, ThingState]], scope: StackScope) -> Removals:
    """Count the things that lose their devices by ``events``, each given with the state of its thing."""
    losing = {event.thing_id: event.thing_name for event, state in events if removes_device(event, state, scope)}
    return Removals(len(losing), tuple(losing.values())[:NAMED])


def removes_device(event: RegistryEvent, state: ThingState, scope: StackScope) -> bool:
    """Return whether the pipeline would remove or release a device for ``event``, if it is not processed already.

    A deleted thing without facts may be a mirrored one: it was created for its device.
    """
    has_device = state.device is not None or state.attempt is not None
    if event.operation == "DELETED":
        return has_device or (state.facts == 0 and scope.relevance(event) == "ours")
    return has_device and scope.relevance(event) in NOT_OURS


def check_removals(removals: Removals, *, fleet: Callable[[], int], allowed: int | None) -> None:
    """Accept few removals: ``allowed`` if given, else 10 or 1 % of the ``fleet``, whichever is more.

    Raises:
        TooManyRemovalsError: there are more. Nothing must be sent.
    """
    limit = ALWAYS_ALLOWED if allowed is None else allowed
    if allowed is None and removals.at_most > limit:
        limit = max(limit, fleet() // 100)
    if removals.at_most > limit:
        rule = "10, or 1 % of the fleet" if allowed is None else "set by --allow-removals"
        raise TooManyRemovalsError(
            f"Nothing was sent: {removals}. The limit is {limit:,} at once ({rule}). "
            f"If you want all of them, add --allow-removals {removals.at_most}."
        )
