"""docs/scaling.md says how large the journal is: by the items that a thing really leaves in the table."""

import pathlib
import re

import pytest

from tests.item_sizes import INDEXED, size_of
from tests.journal_samples import UPDATE, accepted, append, change
from tests.samples import APP_KEY, DEV_EUI, DEVICE_ID, OTHER_THING, THING_ID, planned
from workflows.domain.attributes import DeviceKeys
from workflows.domain.facts import DeviceCreated, DeviceUpdated
from workflows.domain.fingerprint import fingerprints
from workflows.domain.outcome import RegistrationResult, outcome_of

SCALING = pathlib.Path("docs/scaling.md").read_text()
INDEXES = ("ByStatus", "ByThingName", "ByDevEui")
MILLION = 1_000_000


def documented(what):
    """Return the bytes in the table's row of this name."""
    [number] = re.findall(rf"^\| {re.escape(what)} \|.*\| ([\d,]+) \|$", SCALING, re.MULTILINE)
    return int(number.replace(",", ""))


@pytest.fixture
def stored(client, table_name, journal):
    """Return the bytes that the table and its indexes take."""

    def measure():
        indexed = [client.scan(TableName=table_name, IndexName=index)["Items"] for index in INDEXES]
        items = [*client.scan(TableName=table_name)["Items"], *(item for items in indexed for item in items)]
        return sum(size_of(item) + INDEXED for item in items)

    return measure


def device():
    prints = fingerprints(b"secret", DeviceKeys(APP_KEY, None))
    registered = planned(name="Cellar 7", description="Water meter, cellar")
    device = outcome_of(RegistrationResult("created", DEVICE_ID, f"{THING_ID}-v1-CREATED"), registered, prints).device
    assert device is not None
    return device


def register(journal, thing_id=THING_ID):
    facts = (accepted(dev_eui=DEV_EUI, thing_name=DEV_EUI), DeviceCreated(change(), device()))
    append(journal, *facts, thing_id=thing_id, thing_name=DEV_EUI)


def nearly(documented):
    return pytest.approx(documented, rel=0.05)


def test_a_registered_thing_takes_as_much_as_documented(journal, stored):
    register(journal)

    assert stored() == nearly(documented("a registered thing"))


def test_each_later_change_takes_as_much_as_documented(journal, stored):
    register(journal)
    before = stored()
    updated = accepted(UPDATE, fields=("name",), dev_eui=DEV_EUI), DeviceUpdated(UPDATE, device())
    append(journal, *updated, thing_name=DEV_EUI)

    assert stored() - before == nearly(documented("each later change"))


def test_a_tombstone_takes_as_much_as_documented(journal, stored):
    journal.write_tombstone(OTHER_THING.thing_id)

    assert stored() == nearly(documented("a tombstone"))


def test_a_fleet_of_a_million_takes_as_much_as_documented():
    [gigabytes] = re.findall(r"million things take ([\d.]+) GB", SCALING)

    assert float(gigabytes) * 1e9 == nearly(documented("a registered thing") * MILLION)
