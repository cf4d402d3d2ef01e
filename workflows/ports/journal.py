"""The journal: what happened to each thing, and which thing owns a device ID."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from workflows.domain.facts import Fact
from workflows.domain.fold import Status, ThingState, evolve, freed


@dataclass(frozen=True, slots=True)
class Owner:
    """The thing that owns a device ID in this stack; by its name one can ask whether it is still there."""

    thing_id: str
    thing_name: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A fact to append to a thing's stream, whose folded state is ``before``.

    The device IDs that the state owns after the fact become the thing's, those it owns no more become free, except
    those ``lost`` to other things before.
    """

    thing_id: str
    thing_name: str
    before: ThingState
    fact: Fact
    at: datetime
    lost: frozenset[str] = frozenset()

    def freed(self) -> frozenset[str]:
        """Return the device IDs that become free."""
        after = evolve(self.before, self.before.facts, self.fact)
        return freed(self.before, after, self.fact) - self.lost


@dataclass(frozen=True, slots=True)
class Recorded:
    """A fact as the stream holds it."""

    number: int
    at: datetime
    fact: Fact


@dataclass(frozen=True, slots=True)
class Head:
    """Where a thing stands since ``at``."""

    thing_id: str
    thing_name: str
    at: datetime
    status: Status
    state: ThingState


# Every method below may raise ``RegistryThrottledError``, ``RegistryUnavailableError`` and ``UnknownFactError``.


class Heads(Protocol):
    """The journal for whoever must only know where a thing stands."""

    def read(self, thing_id: str) -> ThingState:
        """Return the folded state, as it is after the last append; an empty one for a thing without facts."""


class Owners(Heads, Protocol):
    """The journal for whoever comes upon a device that may be another thing's."""

    def owner(self, device_id: str) -> Owner | None:
        """Return which thing owns the ID; None if it is free."""

    def free(self, device_id: str, owner: Owner) -> None:
        """Free the ID if it is still ``owner``'s."""


class Journal(Owners, Protocol):
    """The journal for whoever writes down what happened."""

    def append(self, entry: Entry) -> ThingState:
        """Write the fact, the folded state and the owners at once, or nothing; return the new state.

        Raises:
            JournalMovedAnswer: the stream has grown since ``before`` was read.
            OwnerHeldAnswer: a device ID is another thing's; it names the first.
            ThingBusyError: another transaction was under way at this moment.
        """


class History(Heads, Protocol):
    """The journal for operators: what happened to a thing, and which things stand where."""

    def facts(self, thing_id: str) -> Iterator[Recorded]:
        """Read the stream from its beginning."""

    def recent(self, thing_id: str) -> Iterator[Recorded]:
        """Read the stream from its end."""

    def named(self, thing_name: str) -> Iterator[Head]:
        """Find the things that bear or bore the name, the latest first."""

    def standing(self, status: Status) -> Iterator[Head]:
        """Find the things of a status, the latest first."""
