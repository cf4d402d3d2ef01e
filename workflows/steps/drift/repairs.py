"""Findings ► the events that repair them, for the queue of registry events."""

from dataclasses import replace

from workflows.domain.drift.comparison import ComparedSnapshot, ComparedThing, Comparison
from workflows.domain.drift.findings import Finding, RepairKind, find_difference
from workflows.domain.event import RegistryEvent
from workflows.domain.registry_things import DescribedThing
from workflows.domain.scope import NOT_OURS, StackScope
from workflows.ports.drift import ThingReader, ThingTypes
from workflows.ports.journal import JournalReader, Snapshot
from workflows.values import value


@value
class Repair:
    """``event`` repairs ``finding``; None if the finding is no longer true.

    ``facts`` is how many the journal has of the thing before, ``latest_run`` wrote the last; empty if there are none.
    ``is_raised``: AWS IoT raises the event by itself, so it is not sent.
    """

    finding: Finding
    event: RegistryEvent | None
    facts: int = 0
    latest_run: str = ""
    is_raised: bool = False


@value
class RepairPlanner:
    """Makes the event that repairs a finding, if the finding is still true.

    ``types`` restores a thing's type; None for a caller that may not.
    """

    scope: StackScope
    things: ThingReader
    journal: JournalReader
    types: ThingTypes | None = None

    def plan(self, found: Finding) -> Repair:
        """Describe the thing again, just before the event is sent.

        A thing is gone if no thing has its name, or one with another ID has: then it never comes back.
        """
        named = self.things.describe(found.thing_name or "")
        thing = named if named and named.thing_id == found.thing_id else None
        snapshot = next(self.journal.snapshots([found.thing_id or ""]), None)
        if found.awaited and self._has_arrived(thing, snapshot):
            return Repair(found, None)
        event = self._retyped(thing) if found.repair == "retype" else self._event(found.repair, thing, snapshot)
        facts, latest_run = (snapshot.state.facts, snapshot.state.latest_run) if snapshot else (0, "")
        return Repair(found, event, facts, latest_run, is_raised=found.repair == "retype")

    def _has_arrived(self, thing: DescribedThing | None, snapshot: Snapshot | None) -> bool:
        """Return whether the event that the thing lacked has come since: then it needs no other."""
        compared = ComparedThing.described(thing) if thing else None
        left = find_difference(Comparison(compared, _compared(snapshot), None), self.scope)
        return left is None or not left.awaited

    def _event(
        self, repair: RepairKind | None, thing: DescribedThing | None, snapshot: Snapshot | None
    ) -> RegistryEvent | None:
        """Only a thing that is gone is sent as deleted. Only a thing of others releases its device."""
        if repair == "remove":
            return snapshot.deleted_event if thing is None and snapshot is not None else None
        event = thing.event if thing else None
        if event is None or (self.scope.relevance(event) in NOT_OURS) != (repair == "release"):
            return None
        return replace(event, repair=True)

    def _retyped(self, thing: DescribedThing | None) -> RegistryEvent | None:
        """Restore the thing's type; return the event that AWS IoT raises for that."""
        if thing is None or thing.thing_type_name is not None:
            return None
        if self.types is None or not self.types.restore_type(thing):
            return None
        event, version = thing.event, thing.version_number + 1
        return replace(event, version_number=version, thing_type_name=self.scope.thing_type_name)


def _compared(snapshot: Snapshot | None) -> ComparedSnapshot | None:
    return ComparedSnapshot(snapshot.thing_id, snapshot.thing_name, snapshot.state) if snapshot else None
