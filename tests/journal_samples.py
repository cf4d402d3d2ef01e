"""Facts about a thing ``pump-7``, as short as they can be said."""

from datetime import UTC, datetime, timedelta

from tests.samples import DEV_EUI, DEVICE_ID, JOIN_EUI, THING_ID, altered
from workflows.domain.facts import (
    Change,
    DeviceAdopted,
    DeviceClaimed,
    DeviceCreated,
    DeviceFound,
    DeviceMirrored,
    DeviceReleased,
    DeviceRemoved,
    DeviceUpdated,
    EventAccepted,
    EventFailed,
    EventRejected,
    EventSkipped,
    RegisteredDevice,
)
from workflows.ports.journal import Entry

OTHER_THING_ID = "0f9e8d7c-0000-4000-8000-aabbccddeeff"
OTHER_DEVICE_ID = "pump-7"
START = datetime(2025, 11, 26, 10, 0, tzinfo=UTC)


def change(operation="CREATED", version_number=1, run=None):
    return Change(operation, version_number, run or f"{THING_ID}-v{version_number}-{operation}")


def device(**changes):
    return altered(RegisteredDevice("created", DEVICE_ID, DEVICE_ID, DEV_EUI, JOIN_EUI), **changes)


def accepted(of=None, device_id=DEVICE_ID, fields=(), thing_name="pump-7", dev_eui=""):
    return EventAccepted(of or change(), thing_name, device_id, fields, dev_eui)


UPDATE = change("UPDATED", 2)
DELETION = change("DELETED", 2)
FULL_DEVICE = device(
    method="claimed",
    named=OTHER_DEVICE_ID,
    name="Pump 7",
    description="cellar",
    frequency_plan_id="EU_863_870_TTN",
    lorawan_version="MAC_V1_0_3",
    lorawan_phy_version="PHY_V1_0_3_REV_A",
    fingerprints={"appKey": "c0ffee", "nwkKey": "beef"},
    differences=("name: the device has none",),
    from_model=("lorawanVersion",),
    made_at="2026-01-01T00:00:00.5Z",
)
CREATED = DeviceCreated(change(), device())
ONE_OF_EACH = (
    accepted(fields=("name", "description")),
    DeviceFound(change(), OTHER_DEVICE_ID),
    CREATED,
    DeviceClaimed(change(), FULL_DEVICE),
    DeviceAdopted(change(), device(method="adopted")),
    DeviceMirrored(change(), device(method="mirrored")),
    DeviceUpdated(UPDATE, device(name="Pump 7")),
    DeviceRemoved(DELETION, DEVICE_ID),
    DeviceReleased(DELETION, DEVICE_ID, "retained"),
    EventSkipped(change(), "duplicate"),
    EventRejected(change(), "DeviceConflictError", undone=True, message="Device pump-4 is there.", dev_eui=DEV_EUI),
    EventFailed(change(), "RegistryUnavailableError", message="No answer.", dev_eui=DEV_EUI),
)


def entry(before, fact, thing_id=THING_ID, thing_name="pump-7"):
    """Each fact comes a second after the one before it."""
    return Entry(thing_id, thing_name, before, fact, START + timedelta(seconds=before.facts))


def append(journal, *facts, thing_id=THING_ID, thing_name="pump-7"):
    """Append ``facts`` to what there is; return the last state."""
    state = journal.read(thing_id)
    for fact in facts:
        state = journal.append(entry(journal.read(thing_id), fact, thing_id, thing_name))
    return state
