"""A thing ``pump-7`` whose device is registered, as a reconciliation reads it; and three registries to inspect."""

from datetime import UTC, datetime

from tests.journal_samples import accepted, change
from tests.samples import DEV_EUI, DEVICE_ID, MARK, STACK, THING_ID, identity_of, planned, registered_device
from workflows.domain.drift.comparison import ComparedSnapshot, ComparedThing
from workflows.domain.drift.findings import Finding
from workflows.domain.facts import DeviceCreated
from workflows.domain.fold import fold, status_of
from workflows.domain.scope import StackScope
from workflows.ports.journal import Recorded, Snapshot

AT = datetime(2026, 1, 1, tzinfo=UTC)
SCOPE = StackScope(STACK, "lorawan")
REGISTERED = [accepted(), DeviceCreated(change(), registered_device())]
RECORD = identity_of(planned(), MARK)
LISTED = ComparedThing("pump-7", 1, "lorawan", STACK, DEV_EUI)
KNOWN = ComparedSnapshot(THING_ID, "pump-7", fold(REGISTERED))
MISSING = Finding("missing", "the Identity Server does not know the device", "pump-7", THING_ID, DEVICE_ID, "write")


def snapshot_of(*facts, thing_id=THING_ID, name="pump-7", at=AT):
    state = fold(facts)
    return Snapshot(thing_id, name, at, status_of(state), state)


class Registries:
    """All three registries as they are now; ``thing`` has every name, and no server lacks a device."""

    def __init__(self, *, thing=None, snapshots=(), records=(), facts=()):
        self.named, self.known, self.records, self.recorded = thing, snapshots, records, facts
        self.radios, self.applications, self.absent = {}, {}, set()

    def describe(self, thing_name):
        return self.named

    def snapshots(self, thing_ids):
        wanted = set(thing_ids)
        return iter([snapshot for snapshot in self.known if snapshot.thing_id in wanted])

    def facts(self, thing_id):
        return (Recorded(number, AT, fact) for number, fact in enumerate(self.recorded))

    def recent(self, thing_id):
        return reversed(list(self.facts(thing_id)))

    def identity(self, device_id):
        return next((record for record in self.records if record.ids.device_id == device_id), None)

    def has_record(self, server, device_id):
        return server not in self.absent

    def network(self, device_id):
        return self.radios.get(device_id)

    def application(self, device_id):
        return self.applications.get(device_id)
