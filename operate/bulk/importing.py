"""Things of a file ► things in AWS IoT ► the outcome of each in the journal."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from operate.adapters.stacks import Stack
from operate.adapters.things import RegistryThing, describe_thing
from operate.bulk.checking import PlannedThing
from operate.bulk.register import Entry, Outcome, Register
from operate.bulk.sameness import differences
from operate.errors import WrongInputError
from operate.operator import Operator
from operate.pacing import Pace, looked_up
from operate.replaying import Patience, awaited, event_of, messages_of, sent
from operate.views.outcomes import Awaited, Ended, outcome
from operate.views.replay import Planned
from workflows.domain.facts import RegisteredDevice
from workflows.domain.fold import Status
from workflows.ports.journal import Recorded, Snapshot

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


# What DynamoDB gives at once.
_AT_ONCE = 100
_GLANCE_S = 2.0

Explain = Callable[[Snapshot], str]
Describe = Callable[[str], RegistryThing | None]


class Standings(Protocol):
    def snapshots(self, thing_ids: Iterable[str]) -> Iterator[Snapshot]:
        """Return where things stand, those of which the journal knows nothing left out."""

    def recent(self, thing_id: str) -> Iterator[Recorded]:
        """Read what happened to a thing, the latest first."""


@dataclass(frozen=True, slots=True)
class Watch:
    """``describe`` tells how a thing of this name stands in AWS IoT, ``explain`` why one is not registered.

    ``patience_s`` is how long nothing may happen until the rest is left alone.
    """

    register: Register
    standings: Standings
    describe: Describe
    explain: Explain
    patience_s: float
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep

    def rounds(self) -> Iterator[int]:
        """Look again and again; yield how many things were settled each time."""
        moved_at = self.clock()
        while True:
            settled = sum(self._looked_at(page) for page in self._pages())
            yield settled
            moved_at = self.clock() if settled else moved_at
            if self.clock() - moved_at >= self.patience_s or not self.register.waiting(after_line=0, limit=1):
                return
            self.sleep(_GLANCE_S)

    def _pages(self) -> Iterator[list[Entry]]:
        after_line = 0
        while page := self.register.waiting(after_line=after_line, limit=_AT_ONCE):
            yield page
            after_line = page[-1].line

    def _looked_at(self, page: list[Entry]) -> int:
        entries = {entry.thing_id: entry for entry in page}
        known = [
            (entries[snapshot.thing_id], snapshot)
            for snapshot in self.standings.snapshots(entries)
            if snapshot.status in _OUTCOMES
        ]
        ended = [(entry, snapshot, became) for entry, snapshot, became in looked_up(self._ended, known) if became]
        for entry, snapshot, became in ended:
            self._note(entry, snapshot, _OUTCOMES[became.status])
        return len(ended)

    def _note(self, entry: Entry, snapshot: Snapshot, became: Outcome) -> None:
        if became == "registered" and snapshot.state.device is not None:
            note_registered(self.register, entry, snapshot.state.device)
        else:
            self.register.settled(entry.line, became, self.explain(snapshot))

    def _ended(self, known: tuple[Entry, Snapshot]) -> tuple[Entry, Snapshot, Ended | None]:
        """A thing may have been there before, and an event of its latest version may still be under way."""
        entry, snapshot = known
        became = outcome(self._awaited(entry), snapshot.state, lambda: self.standings.recent(entry.thing_id))
        return entry, snapshot, became

    def _awaited(self, entry: Entry) -> Awaited:
        thing = self.describe(entry.thing_name)
        if thing is None or thing.thing_id != entry.thing_id:
            return Awaited(entry.thing_id, "DELETED", 0)
        return Awaited(entry.thing_id, "UPDATED", thing.version_number)


def note_registered(register: Register, entry: Entry, device: RegisteredDevice) -> None:
    """Note a device under its own ID; of one that was there before, also what it does not have of its row."""
    if device.method != "adopted":
        register.settled(entry.line, "registered", device_id=device.device_id)
        return
    reason = _ADOPTED + (f". It does not have: {'; '.join(device.differences)}" if device.differences else "")
    register.settled(entry.line, "adopted", reason, device_id=device.device_id, differs=bool(device.differences))


_ADOPTED = "the device was there before; it is linked, and keeps its own values"


# A thing in flight has none yet; one that is skipped is another stack's by now.
_OUTCOMES: dict[Status, Outcome] = {
    "registered": "registered",
    "rejected": "rejected",
    "failed": "failed",
    "removed": "removed",
    "skipped": "removed",
}


def refuse_unless_allowed(stack: Stack) -> None:
    """Raise ``WrongInputError`` for a stack whose things may not write to devices that were there before them."""
    if stack.parameters.get("AdoptedDevices") != "Write":
        raise WrongInputError(
            "--overwrite writes keys and radio of devices that were there before their things, which the stack "
            f"{stack.name} does not allow: its parameter AdoptedDevices is NamesOnly. Deploy it with Write, or change "
            "the devices in The Things Stack."
        )


def overwrite(
    operator: Operator, register: Register, entries: Sequence[Entry], pace: Pace, *, patience: Patience
) -> None:
    """Send an event for each, wait for its outcome, and note what the device has then."""
    planned = {entry.line: each for entry in entries if (each := _planned(operator, entry))}
    messages = messages_of(planned.values(), operator.stack.state_machine_arn)
    for _ in sent(operator.queue, messages, pace):
        pass
    results = {each.planned.thing_name: each for each in awaited(operator.history, list(planned.values()), patience)}
    for entry in entries:
        result = results.get(entry.thing_name)
        device = operator.history.read(entry.thing_id).device
        if result is None:
            register.settled(entry.line, "removed", "the thing was deleted or replaced before its device was written")
        elif result.outcome == "registered" and device is not None:
            note_registered(register, entry, device)
        else:
            said = f"{result.error_name or result.outcome}; look with `thingsync status {entry.thing_name}`"
            register.settled(entry.line, "rejected" if result.outcome == "rejected" else "failed", said)


def _planned(operator: Operator, entry: Entry) -> Planned | None:
    """Plan the event of the thing as it is now; None if it is not the one any more that the import saw."""
    thing = describe_thing(operator.clients.iot, entry.thing_name)
    if thing is None or thing.thing_id != entry.thing_id:
        return None
    state = operator.history.read(thing.thing_id)
    event = replace(event_of(thing), repair=True, overwrite=True)
    return Planned(entry.thing_name, "send", "to overwrite", event, state.facts, failed_run=state.latest_run)
