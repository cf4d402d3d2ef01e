"""The journal in memory, in the same plain maps as in DynamoDB; kept honest by ``tests.ports.journal``."""

from workflows.domain.fold import ThingState, evolve, gained, status_of
from workflows.errors import JournalMovedAnswer, JournalSequenceError, OwnerHeldAnswer, ThingBusyError
from workflows.ports.journal import Births, Head, History, Journal, Owner, Recorded
from workflows.schemas.journal import dump_fact, dump_state, load_fact, load_state


class FakeJournal(Journal, Births, History):
    """``heads``, ``owners`` and ``births`` by ID, ``ended`` thing IDs, ``streams``: thing ID to facts by number."""

    def __init__(self):
        self.heads, self.streams, self.owners, self.births, self.ended = {}, {}, {}, {}, set()

    def read(self, thing_id):
        head = self.heads.get(thing_id)
        return load_state(head["state"], where=f"HEAD of {thing_id}") if head else ThingState()

    def append(self, entry):
        number = entry.before.facts
        after = evolve(entry.before, number, entry.fact)
        stream = self.streams.setdefault(entry.thing_id, {})
        self._refuse_unless_next(entry.thing_id, number, stream)
        taken = sorted(gained(entry.before, after, entry.fact))
        left = sorted(entry.freed())
        self._refuse_unless_mine(entry.thing_id, entry.thing_name, taken + left)
        stream[number] = {"at": entry.at, "fact": dump_fact(entry.fact)}
        self.heads[entry.thing_id] = {
            "at": entry.at,
            "thing_name": entry.thing_name,
            "status": status_of(after),
            "state": dump_state(after),
        }
        self.owners.update(dict.fromkeys(taken, Owner(entry.thing_id, entry.thing_name)))
        for device_id in left:
            self.owners.pop(device_id, None)
        for device_id in taken + left:
            self.births.pop(device_id, None)
        return after

    def _counted(self, thing_id):
        head = self.heads.get(thing_id)
        return head["state"]["facts"] if head else 0

    def _refuse_unless_next(self, thing_id, number, stream):
        if self._counted(thing_id) != number:
            raise JournalMovedAnswer(f"The journal of {thing_id} has grown meanwhile.")
        if number in stream:
            raise JournalSequenceError(f"Fact {number} of {thing_id} is there already. Nothing was overwritten.")

    def _refuse_unless_mine(self, thing_id, thing_name, device_ids):
        for device_id in device_ids:
            owner = self.owners.get(device_id)
            kept_for_me = owner == Owner("", thing_name, is_born=True)
            if owner is not None and owner.thing_id != thing_id and not kept_for_me:
                raise _held(device_id, owner)

    def owner(self, device_id):
        return self.owners.get(device_id)

    def free(self, device_id, owner, *, facts):
        if self._counted(owner.thing_id) != facts:
            raise ThingBusyError(f"The journal of {owner.thing_name} has grown meanwhile.")
        held = self.owners.get(device_id)
        if held is not None and held.thing_id == owner.thing_id:
            del self.owners[device_id]

    def note_end(self, thing_id):
        self.ended.add(thing_id)

    def has_ended(self, thing_id):
        return thing_id in self.ended

    def birth(self, device_id):
        return self.births.get(device_id)

    def reserve(self, birth):
        device_id, held = birth.ids.device_id, self.owners.get(birth.ids.device_id)
        if held not in (None, Owner("", birth.thing_name, is_born=True)):
            raise _held(device_id, held)
        self._keep(birth)

    def bind(self, birth):
        if self.owners.get(birth.ids.device_id) == Owner("", birth.thing_name, is_born=True):
            self._keep(birth)

    def _keep(self, birth):
        self.owners[birth.ids.device_id] = Owner(birth.thing_id, birth.thing_name, is_born=True)
        self.births[birth.ids.device_id] = birth

    def unreserve(self, device_id, owner):
        if self.owners.get(device_id) == Owner(owner.thing_id, owner.thing_name, is_born=True):
            del self.owners[device_id], self.births[device_id]

    def facts(self, thing_id):
        stored = sorted(self.streams.get(thing_id, {}).items())
        for expected, (number, item) in enumerate(stored):
            if number != expected:
                raise JournalSequenceError(f"Fact {expected} of thing {thing_id} is missing.")
            yield Recorded(number, item["at"], load_fact(item["fact"], where=f"fact {number} of {thing_id}"))

    def recent(self, thing_id):
        return reversed(list(self.facts(thing_id)))

    def named(self, thing_name):
        return self._heads("thing_name", thing_name)

    def standing(self, status):
        return self._heads("status", status)

    def _heads(self, attribute, value):
        found = [(thing_id, head) for thing_id, head in self.heads.items() if head[attribute] == value]
        for thing_id, head in sorted(found, key=lambda each: each[1]["at"], reverse=True):
            state = load_state(head["state"], where=f"HEAD of {thing_id}")
            yield Head(thing_id, head["thing_name"], head["at"], head["status"], state)


def _held(device_id, owner):
    return OwnerHeldAnswer(device_id, thing_id=owner.thing_id, thing_name=owner.thing_name, is_born=owner.is_born)
