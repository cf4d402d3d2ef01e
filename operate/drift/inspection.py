"""Looking at the places themselves: deeper than lists go, and once more before anything is told.

The three were not read in the same moment, so that what seems to differ may just have been under way.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Protocol

from operate.drift.comparison import Depth, SeenSnapshot, SeenThing, Sight
from operate.drift.findings import Finding, finding
from operate.drift.survey import owned_id
from operate.pacing import looked_up
from operate.views.events import Ours
from workflows.domain.device import IdentityRecord, NetworkRecord
from workflows.domain.facts import DeviceReleased, RegisteredDevice
from workflows.domain.fold import status_of
from workflows.domain.mark import mark_in
from workflows.ports import Server
from workflows.ports.journal import History, Snapshot


class Devices(Protocol):
    def identity(self, device_id: str) -> IdentityRecord | None: ...

    def has_record(self, server: Server, device_id: str) -> bool: ...

    def holds_claim(self, device_id: str) -> bool: ...

    def network(self, device_id: str) -> NetworkRecord | None: ...


class Snapshots(History, Protocol):
    def snapshots(self, thing_ids: Iterable[str]) -> Iterator[Snapshot]: ...


class Things(Protocol):
    def seen(self, thing_name: str) -> SeenThing | None:
        """Return the thing that bears the name now, of whatever type, with its ID; None only if there is none."""


@dataclass(frozen=True, slots=True)
class Look:
    """``deep``: ask AWS IoT about every thing, and every server about every device, which takes four calls each."""

    ours: Ours
    things: Things
    journal: Snapshots
    devices: Devices
    deep: bool = False

    def findings(self, sights: Iterable[Sight]) -> Iterator[Finding]:
        """Tell what differs, several lookups at a time; what is foreign is told as the lists show it."""
        return chain.from_iterable(looked_up(self._found, sights))

    def again(self, found: Finding) -> Finding | None:
        """Look at thing and device of a finding once more, as deep as before; None if nothing differs any more."""
        fresh = self._of_thing(found.thing_id or "", self.things.seen(found.thing_name or ""))
        left = owned_id(fresh.snapshot.state) if fresh.snapshot else None
        also = [self._of_device(found.device_id)] if found.device_id not in (None, left) else []
        told = (finding(sight, self.ours) for sight in (fresh, *also))
        return next((each for each in told if each and each.kind != "foreign"), None)

    def _found(self, sight: Sight) -> list[Finding]:
        found = finding(sight, self.ours)
        if found is not None and found.kind == "foreign":
            return [found]
        if found is None and self._is_well(sight):
            return []
        return [told for fresh in self._once_more(sight) if (told := finding(fresh, self.ours))]

    def _is_well(self, sight: Sight) -> bool:
        """Tell it of a sight on which all agree: a list tells no thingId, so the thing may be another of the name."""
        if not self.deep:
            return not _names_another_device(sight)
        if sight.thing is not None and sight.snapshot is not None:
            thing = self.things.seen(sight.thing.name)
            if thing is None or thing.thing_id != sight.snapshot.thing_id:
                return False
        return finding(self._deeper(sight), self.ours) is None

    def _once_more(self, sight: Sight) -> Iterator[Sight]:
        """Ask for the very thing and device; another thing may bear the name by now, and both are told of."""
        if sight.thing is None and sight.snapshot is None:
            yield self._of_device(sight.record.ids.device_id if sight.record else "")
            return
        thing = self.things.seen(sight.thing_name)
        thing_ids = [sight.snapshot.thing_id] if sight.snapshot else []
        if sight.thing is not None and thing is not None and thing.thing_id is not None:
            thing_ids.append(thing.thing_id)
        for thing_id in dict.fromkeys(thing_ids):
            yield self._of_thing(thing_id, thing)

    def _of_thing(self, thing_id: str, named: SeenThing | None) -> Sight:
        """``named`` is what bears its name now: if that is another thing, or none, this one is gone for good."""
        thing = named if named and named.thing_id == thing_id else None
        snapshot = next((_seen(each) for each in self.journal.snapshots([thing_id])), None)
        device_id = owned_id(snapshot.state) if snapshot else None
        return self._deeper(Sight(thing, snapshot, self.devices.identity(device_id) if device_id else None))

    def _of_device(self, device_id: str) -> Sight:
        """Ask whose device it is that no thing seemed to have."""
        record = self.devices.identity(device_id)
        mark = mark_in(record.attributes) if record else None
        snapshot = next(self.journal.snapshots([mark.thing_id]), None) if mark else None
        return Sight(None, None, record, retained=snapshot is not None and self._is_kept(snapshot, device_id))

    def _is_kept(self, snapshot: Snapshot, device_id: str) -> bool:
        if owned_id(snapshot.state) == device_id or status_of(snapshot.state) in ("in flight", "rejected", "failed"):
            return True
        return any(
            isinstance(each.fact, DeviceReleased) and each.fact.device_id == device_id
            for each in self.journal.facts(snapshot.thing_id)
        )

    def _deeper(self, sight: Sight) -> Sight:
        if not self.deep or sight.thing is None or sight.record is None or sight.device is None:
            return sight
        return replace(sight, depth=self._depth(sight.device))

    def _depth(self, device: RegisteredDevice) -> Depth:
        expected: tuple[Server, ...] = ("js", "ns", "as") if device.method == "created" else ("ns", "as")
        return Depth(
            network=self.devices.network(device.device_id),
            absent=tuple(each for each in expected if not self.devices.has_record(each, device.device_id)),
            claimed=device.method != "claimed" or self.devices.holds_claim(device.device_id),
        )


def _names_another_device(sight: Sight) -> bool:
    """A thing cannot change its device's EUI: one that was made again under the name can."""
    told = sight.thing.dev_eui if sight.thing else None
    return told is not None and sight.device is not None and told != sight.device.dev_eui


def _seen(snapshot: Snapshot) -> SeenSnapshot:
    return SeenSnapshot(snapshot.thing_id, snapshot.thing_name, snapshot.state)
