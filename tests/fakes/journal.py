"""The journal in memory, in the same plain maps as in DynamoDB; kept honest by ``tests.ports.journal``."""

from workflows.domain.fold import ThingState, evolve, gained, registered_device, status_of
from workflows.errors import JournalMovedAnswer, JournalSequenceError, OwnerHeldAnswer, ThingBusyError
from workflows.ports.journal import History, Journal, KnownDevices, Owner, Recorded, Reservations, Snapshot
from workflows.schemas.journal import dump_fact, dump_state, load_fact, load_state


class FakeJournal(Journal, Reservations, History, KnownDevices):
    """``snapshots``, ``owners`` and ``reservations`` by ID; ``ended``: thing IDs; ``streams``: facts by thing ID."""

    def __init__(self):
        self.snapshots, self.streams, self.owners, self.reservations, self.ended = {}, {}, {}, {}, set()

    def read(self, thing_id):
        snapshot = self.snapshots.get(thing_id)
        return load_state(snapshot["state"], where=f"SNAPSHOT of {thing_id}") if snapshot else ThingState()

    def append(self, entry):
        number = entry.before.facts
        after = evolve(entry.before, number, entry.fact)
        stream = self.streams.setdefault(entry.thing_id, {})
        self._refuse_unless_next(entry.thing_id, number, stream)
        taken = sorted(gained(entry.before, after, entry.fact))
        left = sorted(entry.freed())
        self._refuse_unless_mine(entry.thing_id, entry.thing_name, taken + left)
        stream[number] = {"at": entry.at, "fact": dump_fact(entry.fact)}
        self.snapshots[entry.thing_id] = {
            "at": entry.at,
            "thing_name": entry.thing_name,
            "status": status_of(after),
            "state": dump_state(after),
        }
        self.owners.update(dict.fromkeys(taken, Owner(entry.thing_id, entry.thing_name)))
        for device_id in left:
            self.owners.pop(device_id, None)
        for device_id in taken + left:
            self.reservations.pop(device_id, None)
        return after

    def _counted(self, thing_id):
        snapshot = self.snapshots.get(thing_id)
        return snapshot["state"]["facts"] if snapshot else 0

    def _refuse_unless_next(self, thing_id, number, stream):
        if self._counted(thing_id) != number:
            raise JournalMovedAnswer(f"The journal of {thing_id} has grown meanwhile.")
        if number in stream:
            raise JournalSequenceError(f"Fact {number} of {thing_id} is there already. Nothing was overwritten.")

    def _refuse_unless_mine(self, thing_id, thing_name, device_ids):
        for device_id in device_ids:
            owner = self.owners.get(device_id)
            reserved_for_me = owner == Owner("", thing_name, is_reserved=True)
            if owner is not None and owner.thing_id != thing_id and not reserved_for_me:
                raise _held(device_id, owner)

    def owner(self, device_id):
        return self.owners.get(device_id)

    def registered(self, device_id):
        owner = self.owners.get(device_id)
        return registered_device(self.read(owner.thing_id), device_id) if owner else None

    def free(self, device_id, owner, *, facts):
        if self._counted(owner.thing_id) != facts:
            raise ThingBusyError(f"The journal of {owner.thing_name} has grown meanwhile.")
        held = self.owners.get(device_id)
        if held is not None and held.thing_id == owner.thing_id:
            del self.owners[device_id]

    def write_tombstone(self, thing_id):
        self.ended.add(thing_id)

    def has_tombstone(self, thing_id):
        return thing_id in self.ended

    def reservation(self, device_id):
        return self.reservations.get(device_id)

    def reserve(self, reservation):
        device_id, held = reservation.ids.device_id, self.owners.get(reservation.ids.device_id)
        if held not in (None, Owner("", reservation.thing_name, is_reserved=True)):
            raise _held(device_id, held)
        self._keep(reservation)

    def bind(self, reservation):
        if self.owners.get(reservation.ids.device_id) == Owner("", reservation.thing_name, is_reserved=True):
            self._keep(reservation)

    def _keep(self, reservation):
        self.owners[reservation.ids.device_id] = Owner(reservation.thing_id, reservation.thing_name, is_reserved=True)
        self.reservations[reservation.ids.device_id] = reservation

    def unreserve(self, device_id, owner):
        if self.owners.get(device_id) == Owner(owner.thing_id, owner.thing_name, is_reserved=True):
            del self.owners[device_id], self.reservations[device_id]

    def facts(self, thing_id):
        stored = sorted(self.streams.get(thing_id, {}).items())
        for expected, (number, item) in enumerate(stored):
            if number != expected:
                raise JournalSequenceError(f"Fact {expected} of thing {thing_id} is missing.")
            yield Recorded(number, item["at"], load_fact(item["fact"], where=f"fact {number} of {thing_id}"))

    def recent(self, thing_id):
        return reversed(list(self.facts(thing_id)))

    def named(self, thing_name):
        return self._snapshots("thing_name", thing_name)

    def by_status(self, status):
        return self._snapshots("status", status)

    def _snapshots(self, attribute, value):
        found = [(thing_id, snapshot) for thing_id, snapshot in self.snapshots.items() if snapshot[attribute] == value]
        for thing_id, snapshot in sorted(found, key=lambda each: each[1]["at"], reverse=True):
            state = load_state(snapshot["state"], where=f"SNAPSHOT of {thing_id}")
            yield Snapshot(thing_id, snapshot["thing_name"], snapshot["at"], snapshot["status"], state)


def _held(device_id, owner):
    return OwnerHeldAnswer(
        device_id, thing_id=owner.thing_id, thing_name=owner.thing_name, is_reserved=owner.is_reserved
    )
