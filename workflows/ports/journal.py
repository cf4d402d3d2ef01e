"""The journal: what happened to each thing, and which thing owns a device ID."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol

from workflows.domain.device import DeviceIds
from workflows.domain.event import RegistryEvent
from workflows.domain.facts import Fact
from workflows.domain.fold import Status, ThingState, evolve, freed
from workflows.values import value


@value
class Owner:
    """The thing that owns a device ID in this stack; by its name one can ask whether it is still there.

    ``is_reserved``: the thing is made from its device (see ``Reservation``), and the journal has no fact of it yet.
    """

    thing_id: str
    thing_name: str
    is_reserved: bool = False


@value
class Reservation:
    """A thing that is made from its device. ``thing_id`` is empty until the thing is there.

    ``run`` is in the mark that an earlier thing of this stack left on the device; empty without one.
    """

    thing_id: str
    thing_name: str
    ids: DeviceIds
    run: str = ""


@value
class Entry:
    """A fact to append to a thing's stream, whose folded state is ``before``.

    The thing becomes the owner of the device IDs in the state after the fact. Those that are no longer in it become
    free, except those ``lost``: another thing has taken them meanwhile.
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


@value
class Recorded:
    """A fact as the stream holds it."""

    number: int
    at: datetime
    fact: Fact


@value
class Snapshot:
    """The state of a thing since ``at``."""

    thing_id: str
    thing_name: str
    at: datetime
    status: Status
    state: ThingState

    @property
    def deleted_event(self) -> RegistryEvent:
        """The event of the deleted thing, with the last version that the journal knows."""
        known = [each.version_number for each in (self.state.settled, self.state.busy) if each]
        return RegistryEvent("DELETED", self.thing_id, self.thing_name, max(known, default=1))


# Every method below may raise ``RegistryThrottledError``, ``RegistryUnavailableError`` and ``UnknownFactError``.


class Snapshots(Protocol):
    """The journal for readers of a thing's state."""

    def read(self, thing_id: str) -> ThingState:
        """Return the folded state, as it is after the last append; an empty one for a thing without facts."""


class KnownDevices(Protocol):
    """The journal for the step that receives devices' messages."""

    def registered(self, device_id: str) -> DeviceIds | None:
        """Return the device that the ID's owner has registered, perhaps as it was a moment ago; None if none has."""


class Tombstones(Snapshots, Protocol):
    """Deleted things without facts. Their DELETED may arrive before their CREATED, and may not name their stack."""

    def write_tombstone(self, thing_id: str) -> None:
        """Record that the thing was deleted. Repeating it is success."""

    def has_tombstone(self, thing_id: str) -> bool:
        """Return whether the thing has a tombstone."""


class Owners(Snapshots, Protocol):
    """The journal for steps that find a device that another thing may own."""

    def owner(self, device_id: str) -> Owner | None:
        """Return which thing owns the ID; None if it is free."""

    def reservation(self, device_id: str) -> Reservation | None:
        """Return the ID's reservation; None if the ID is free, or if the journal has facts of its owner."""

    def unreserve(self, device_id: str, owner: Owner) -> None:
        """Free the ID if it is still reserved for ``owner``, a thing without facts."""

    def free(self, device_id: str, owner: Owner, *, facts: int) -> None:
        """Free the ID if ``owner`` still owns it and still has ``facts`` facts.

        Raises:
            ThingBusyError: the owner's stream has grown, or another transaction was under way at this moment.
        """


class Reservations(Owners, Protocol):
    """The journal for the step that makes things from devices."""

    def reserve(self, reservation: Reservation) -> None:
        """Reserve the device's ID for the thing of this name that is about to be made.

        Raise ``OwnerHeldAnswer`` if it is a thing's, or reserved for a thing of another name.
        """

    def bind(self, reservation: Reservation) -> None:
        """Write the new thing into the ID's reservation for its name; without that reservation write nothing."""


class Journal(Owners, Tombstones, Protocol):
    """The journal for steps that append facts."""

    def append(self, entry: Entry) -> ThingState:
        """Write the fact, the folded state and the owners at once, or nothing; return the new state.

        Raises:
            JournalMovedAnswer: the stream has grown since ``before`` was read.
            OwnerHeldAnswer: a device ID is another thing's; it names the first.
            ThingBusyError: another transaction was under way at this moment.
        """


class Permits(Protocol):
    """How many devices of deleted things may still be removed. One permit is for one removal."""

    def take(self, at: datetime, *, per_hour: int) -> bool:
        """Take a permit of the hour of ``at``, which has ``per_hour``, else one that the operator granted.

        Return False if there is none.
        """


class History(Snapshots, Protocol):
    """The journal for operators: what happened to a thing, and which things have a status."""

    def facts(self, thing_id: str) -> Iterator[Recorded]:
        """Read the stream from its beginning."""

    def recent(self, thing_id: str) -> Iterator[Recorded]:
        """Read the stream from its end."""

    def named(self, thing_name: str) -> Iterator[Snapshot]:
        """Find the things that bear or bore the name, the latest first."""

    def by_status(self, status: Status) -> Iterator[Snapshot]:
        """Find the things of a status, the latest first."""


class JournalReader(History, Protocol):
    """The history, and the snapshots of many things."""

    def snapshots(self, thing_ids: Iterable[str]) -> Iterator[Snapshot]:
        """Read the snapshots of things; things without facts are left out."""
