"""Things of a file ► things in AWS IoT, at a steady rate."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from operate.adapters.registry_thing import RegistryThing
from operate.batches import looked_up
from operate.bulk.checking import PlannedThing
from operate.bulk.register import Register
from operate.bulk.sameness import differences
from operate.pace import Pace

_DIFFERS = (
    "AWS IoT has a thing of this name that differs in {}; nothing of it was overwritten. "
    "Update that thing, delete it, or give this one another name"
)
_GONE = "AWS IoT had a thing of this name, which was gone when it was looked at. Run the same command again"


class ThingMaker(Protocol):
    """Makes things of one type."""

    @property
    def type_name(self) -> str: ...

    def make(self, thing: PlannedThing) -> str | RegistryThing | None:
        """Create a thing, or find it there just the same, and return its ID.

        If AWS IoT has another one under its name, return that; None if it is gone by then.
        """


def create_all(things: Iterable[PlannedThing], maker: ThingMaker, register: Register, pace: Pace) -> Iterator[int]:
    """Create ``things``, several at once, noting in ``register`` what becomes of each; yield 1 after each."""

    def make(thing: PlannedThing) -> tuple[PlannedThing, str | RegistryThing | None]:
        pace.wait()
        return thing, maker.make(thing)

    for thing, made in looked_up(make, things):
        if isinstance(made, str):
            register.created(thing.line, made)
        elif made is None:
            register.settled(thing.line, "conflict", _GONE)
        else:
            _note_found(register, thing, made, maker.type_name)
        yield 1


def _note_found(register: Register, thing: PlannedThing, there: RegistryThing, type_name: str) -> None:
    """A thing that means the same is this one: the file was imported before, spelled otherwise."""
    if found := differences(thing, there, type_name):
        register.settled(thing.line, "conflict", _DIFFERS.format(", ".join(found)))
    else:
        register.created(thing.line, there.thing_id)
