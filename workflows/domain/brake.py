"""The brake: what works on many things at once removes or releases only a few devices, unless somebody allows more."""

from collections.abc import Iterable

from workflows.domain.event import RegistryEvent
from workflows.domain.fold import ThingState
from workflows.domain.scope import NOT_OURS, StackScope
from workflows.values import value

# In a fleet of any size, this many may lose their devices at once; in a large one 1 %.
ALWAYS_ALLOWED = 10
NAMED = 5


@value
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


def allowed_removals(fleet: int, *, listed: int | None = None) -> int:
    """Return how many of a fleet's devices may go at once without anybody's word: 10, or 1 %, whichever is more.

    ``listed`` is how many things AWS IoT listed; None if no list was read. After an empty list none may go: a missing
    right or a wrong region shows the same as a fleet that is gone.
    """
    return 0 if listed == 0 else max(ALWAYS_ALLOWED, fleet // 100)
