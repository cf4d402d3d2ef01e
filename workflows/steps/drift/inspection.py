"""Inspect single things and devices: deeper than lists do, and again before a difference is reported.

The three registries were not read at the same moment, so a difference between lists may only be work in progress.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import chain

from workflows.domain.attribute import Server
from workflows.domain.correction import argument
from workflows.domain.drift.comparison import ComparedSnapshot, ComparedThing, Comparison, ServerState, owned_id
from workflows.domain.drift.findings import UNSETTLED, Finding, find_difference, has_root_keys
from workflows.domain.drift.reconciling import Done
from workflows.domain.facts import DeviceReleased, RegisteredDevice
from workflows.domain.fold import Status, status_of
from workflows.domain.mark import mark_in
from workflows.domain.scope import StackScope
from workflows.ports.drift import DeviceReader, ThingReader
from workflows.ports.journal import JournalReader, Snapshot
from workflows.steps.concurrency import map_concurrently
from workflows.values import value

_UNSETTLED: Mapping[Status, str] = {
    "in flight": "a run is still working on the thing",
    "rejected": "the thing was rejected, so its device was not written: thingsync status {thing_name} says why",
    "failed": "the run failed, and its event waits in the dead-letter queue: thingsync status {thing_name} says why",
}


@value
class Look:
    """What a look at a repaired thing shows: what is ``left`` of the difference, and what the journal has now.

    ``stays``: the thing has released the finding's device, which is still in The Things Stack.
    """

    left: Finding | None
    status: Status | None
    device: RegisteredDevice | None
    stays: bool = False

    def done(self, found: Finding) -> Done:
        """Return what became of ``found``. A thing that is worked on, or whose event failed, was not compared."""
        if self.left is not None or self.status == "in flight":
            return "sent"
        if self.status in UNSETTLED:
            return "still differs"
        return "linked" if self.is_linked(found) else "repaired"

    def text(self, found: Finding) -> str | None:
        """Say why the difference is still there; None if it is not."""
        if self.left is not None:
            return self.left.text
        text = _UNSETTLED.get(self.status) if self.status else None
        return text and text.format(thing_name=argument(found.thing_name or ""))

    def is_linked(self, found: Finding) -> bool:
        """Return whether the thing has another's device now, to which nothing was written."""
        return self.device is not None and self.device.method == "adopted" != found.method


@value
class Inspector:
    """``deep``: describe every thing in AWS IoT, and ask every server about every device (three calls each)."""

    scope: StackScope
    things: ThingReader
    journal: JournalReader
    devices: DeviceReader
    deep: bool = False

    def findings(self, comparisons: Iterable[Comparison]) -> Iterator[Finding]:
        """Yield what differs; several are inspected at a time. Foreign devices are reported as listed."""
        return chain.from_iterable(map_concurrently(self._inspect, comparisons))

    def of_thing(self, thing_name: str, thing_ids: Iterable[str]) -> list[Finding]:
        """Inspect a thing, and earlier ones that had its name, without a list of all."""
        thing = self._thing(thing_name)
        current = [thing.thing_id] if thing and thing.thing_id else []
        comparisons = (self._of_thing(thing_id, thing) for thing_id in dict.fromkeys((*current, *thing_ids)))
        return [found for each in comparisons if (found := find_difference(each, self.scope))]

    def inspect_again(self, found: Finding) -> Look:
        """Inspect thing and device of a finding again, at the same depth."""
        again = self._of_thing(found.thing_id or "", self._thing(found.thing_name or ""))
        owned = owned_id(again.snapshot.state) if again.snapshot else None
        device = [self._of_device(found.device_id)] if found.device_id not in (None, owned) else []
        differences = (find_difference(comparison, self.scope) for comparison in (again, *device))
        left = next((each for each in differences if each and each.kind != "foreign"), None)
        state = again.snapshot.state if again.snapshot else None
        if state is None:
            return Look(left, None, None)
        stays = found.device_id in (*state.retained, *state.taken_over)
        return Look(left, status_of(state), state.device, stays)

    def _inspect(self, listed: Comparison) -> list[Finding]:
        found = find_difference(listed, self.scope)
        if found is not None and found.kind == "foreign":
            return [found]
        if found is None and self._agrees(listed):
            return []
        return [again for each in self._read_again(listed) if (again := find_difference(each, self.scope))]

    def _agrees(self, listed: Comparison) -> bool:
        """Confirm that a comparison without a difference has none: a list lacks the thingId.

        Without a device nothing else distinguishes a thing that was rejected from a new one of its name.
        """
        if not self.deep and (listed.thing is None or listed.device is not None):
            return not _names_another_device(listed)
        if listed.thing is not None and listed.snapshot is not None:
            thing = self._thing(listed.thing.name)
            if thing is None or thing.thing_id != listed.snapshot.thing_id:
                return False
        return find_difference(self._with_servers(listed), self.scope) is None

    def _read_again(self, listed: Comparison) -> Iterator[Comparison]:
        """Read the very thing and device; if another thing has the name now, both are compared."""
        if listed.thing is None and listed.snapshot is None:
            device = self._of_device(listed.record.ids.device_id if listed.record else "")
            yield replace(device, wanted_by=listed.wanted_by)
            return
        thing = self._thing(listed.thing_name)
        thing_ids = [listed.snapshot.thing_id] if listed.snapshot else []
        if listed.thing is not None and thing is not None and thing.thing_id is not None:
            thing_ids.append(thing.thing_id)
        for thing_id in dict.fromkeys(thing_ids):
            yield self._of_thing(thing_id, thing)

    def _thing(self, thing_name: str) -> ComparedThing | None:
        thing = self.things.describe(thing_name)
        return ComparedThing.described(thing) if thing else None

    def _of_thing(self, thing_id: str, named: ComparedThing | None) -> Comparison:
        """``named`` has the thing's name now: if it is another thing, or None, this one is gone for good."""
        thing = named if named and named.thing_id == thing_id else None
        snapshot = next((_compared(each) for each in self.journal.snapshots([thing_id])), None)
        device_id = owned_id(snapshot.state) if snapshot else None
        record = self.devices.identity(device_id) if device_id else None
        return self._with_servers(Comparison(thing, snapshot, record))

    def _of_device(self, device_id: str) -> Comparison:
        """Find out whose device it is that no thing seemed to have."""
        record = self.devices.identity(device_id)
        mark = mark_in(record.attributes) if record else None
        snapshot = next(self.journal.snapshots([mark.thing_id]), None) if mark else None
        return Comparison(None, None, record, retained=snapshot is not None and self._is_retained(snapshot, device_id))

    def _is_retained(self, snapshot: Snapshot, device_id: str) -> bool:
        if owned_id(snapshot.state) == device_id or status_of(snapshot.state) in ("in flight", "rejected", "failed"):
            return True
        return any(
            isinstance(each.fact, DeviceReleased) and each.fact.device_id == device_id
            for each in self.journal.facts(snapshot.thing_id)
        )

    def _with_servers(self, comparison: Comparison) -> Comparison:
        if not self.deep or comparison.thing is None or comparison.record is None or comparison.device is None:
            return comparison
        return replace(comparison, servers=self._servers(comparison.device))

    def _servers(self, device: RegisteredDevice) -> ServerState:
        """A server that has shown its record is not asked whether it has one."""
        device_id = device.device_id
        network, application = self.devices.network(device_id), self.devices.application(device_id)
        shown = {"ns": network is not None, "as": application is not None}
        expected: tuple[Server, ...] = ("js", "ns", "as") if has_root_keys(device) else ("ns", "as")
        return ServerState(
            network=network,
            absent=tuple(
                each for each in expected if not (shown.get(each) or self.devices.has_record(each, device_id))
            ),
            claimed=device.method != "claimed" or self.devices.holds_claim(device_id),
            application=application,
        )


def _names_another_device(listed: Comparison) -> bool:
    """A thing cannot change its device's EUI: another thing of the same name can have another EUI."""
    dev_eui = listed.thing.dev_eui if listed.thing else None
    return dev_eui is not None and listed.device is not None and dev_eui != listed.device.dev_eui


def _compared(snapshot: Snapshot) -> ComparedSnapshot:
    return ComparedSnapshot(snapshot.thing_id, snapshot.thing_name, snapshot.state)
