"""Looking at the places themselves: deeper than lists go, and once more before anything is told.

The three were not read in the same moment, so that what seems to differ may just have been under way.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol

from operate.batches import looked_up
from operate.drift.findings import Depth, Finding, SeenHead, SeenThing, Sight, finding
from operate.drift.survey import owned_id
from workflows.domain.device import IdentityRecord, RadioSettings
from workflows.domain.facts import DeviceReleased, RegisteredDevice
from workflows.domain.fold import status_of
from workflows.domain.mark import mark_in
from workflows.ports import Server
from workflows.ports.journal import Head, History


class Devices(Protocol):
    def identity(self, device_id: str) -> IdentityRecord | None: ...

    def has_record(self, server: Server, device_id: str) -> bool: ...

    def holds_claim(self, device_id: str) -> bool: ...

    def radio(self, device_id: str) -> RadioSettings | None: ...


class Heads(History, Protocol):
    def heads(self, thing_ids: Iterable[str]) -> Iterator[Head]: ...


class Things(Protocol):
    def seen(self, thing_name: str) -> SeenThing | None:
        """Return the thing of the stack's type that bears the name now, with its ID."""


@dataclass(frozen=True, slots=True)
class Look:
    """``deep``: ask every server about every device, which takes four calls each."""

    stack_name: str
    things: Things
    journal: Heads
    devices: Devices
    deep: bool = False

    def findings(self, sights: Iterable[Sight]) -> Iterator[Finding]:
        """Tell what differs, several lookups at a time; what is foreign is told as the lists show it."""
        return (found for found in looked_up(self._found, sights) if found)

    def _found(self, sight: Sight) -> Finding | None:
        found = finding(sight, self.stack_name)
        if found is None and self.deep:
            found = finding(self._deeper(sight), self.stack_name)
        if found is None or found.kind == "foreign":
            return found
        return finding(self._once_more(sight), self.stack_name)

    def _once_more(self, sight: Sight) -> Sight:
        if sight.thing is not None:
            fresh = self._thing_once_more(sight.thing.name, sight.head.thing_id if sight.head else "")
        elif sight.head is not None:
            fresh = self._end_once_more(sight.head)
        else:
            return self._device_once_more(sight.record.ids.device_id if sight.record else "")
        return self._deeper(fresh) if self.deep else fresh

    def _thing_once_more(self, thing_name: str, supposed_id: str) -> Sight:
        """A list tells no thingId, so that the journal's may have been another's."""
        thing = self.things.seen(thing_name)
        return self._read((thing.thing_id if thing else None) or supposed_id, thing)

    def _end_once_more(self, head: SeenHead) -> Sight:
        """The thing is gone, even if another bears its name now."""
        thing = self.things.seen(head.thing_name)
        is_there = thing is not None and thing.thing_id == head.thing_id
        return self._read(head.thing_id, thing if is_there else None)

    def _read(self, thing_id: str, thing: SeenThing | None) -> Sight:
        head = next((_seen(each) for each in self.journal.heads([thing_id])), None)
        device_id = owned_id(head.state) if head else None
        return Sight(thing, head, self.devices.identity(device_id) if device_id else None)

    def _device_once_more(self, device_id: str) -> Sight:
        """Ask whose device it is that no thing seemed to have."""
        record = self.devices.identity(device_id)
        mark = mark_in(record.attributes) if record else None
        head = next(self.journal.heads([mark.thing_id]), None) if mark else None
        return Sight(None, None, record, kept=head is not None and self._is_kept(head, device_id))

    def _is_kept(self, head: Head, device_id: str) -> bool:
        if owned_id(head.state) == device_id or status_of(head.state) in ("in flight", "rejected", "failed"):
            return True
        return any(
            isinstance(each.fact, DeviceReleased) and each.fact.device_id == device_id
            for each in self.journal.facts(head.thing_id)
        )

    def _deeper(self, sight: Sight) -> Sight:
        if sight.thing is None or sight.record is None or sight.device is None:
            return sight
        return replace(sight, depth=self._depth(sight.device))

    def _depth(self, device: RegisteredDevice) -> Depth:
        expected: tuple[Server, ...] = ("js", "ns", "as") if device.method == "created" else ("ns", "as")
        return Depth(
            radio=self.devices.radio(device.device_id),
            absent=tuple(each for each in expected if not self.devices.has_record(each, device.device_id)),
            claimed=device.method != "claimed" or self.devices.holds_claim(device.device_id),
        )


def _seen(head: Head) -> SeenHead:
    return SeenHead(head.thing_id, head.thing_name, head.state)
