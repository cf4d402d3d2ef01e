"""Things of a file ► things in AWS IoT, at a steady rate."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from operate.batches import looked_up
from operate.bulk.checking import PlannedThing
from operate.bulk.register import Register
from operate.pace import Pace

_CONFLICT = (
    "AWS IoT has a thing of this name with other attributes or of another type; nothing of it was overwritten. "
    "Update that thing, delete it, or give this one another name"
)


class ThingMaker(Protocol):
    def make(self, thing: PlannedThing) -> str | None:
        """Create a thing, or find it there just the same; return its ID, None if it is there but otherwise."""


def create_all(things: Iterable[PlannedThing], maker: ThingMaker, register: Register, pace: Pace) -> Iterator[int]:
    """Create ``things``, several at once, noting in ``register`` what becomes of each; yield 1 after each."""

    def make(thing: PlannedThing) -> tuple[PlannedThing, str | None]:
        pace.wait()
        return thing, maker.make(thing)

    for thing, thing_id in looked_up(make, things):
        _note(register, thing, thing_id)
        yield 1


def _note(register: Register, thing: PlannedThing, thing_id: str | None) -> None:
    if thing_id is None:
        register.settled(thing.line, "conflict", _CONFLICT)
    else:
        register.created(thing.line, thing_id)
