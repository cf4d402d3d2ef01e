"""What is in the table."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from tests.contract.sam_template import RESOURCES
from tests.journal_samples import CREATED, ONE_OF_EACH, OTHER_THING_ID, accepted, append, change, entry
from tests.samples import APP_KEY, CODE, DEVICE_ID, NWK_KEY, THING_ID, planned, planned_claim
from workflows.domain.attributes import DeviceKeys
from workflows.domain.event import TOMBSTONE_LASTS, is_late
from workflows.domain.facts import DeviceClaimed, DeviceCreated
from workflows.domain.fingerprint import fingerprints
from workflows.domain.fold import ThingState
from workflows.domain.outcome import RegistrationResult, outcome_of
from workflows.errors import UnknownFactError

QUEUES = ("RegistryEvents", "RegistryEventsDLQ")


def test_no_item_holds_a_key_or_a_code(journal, storage):
    prints = fingerprints(b"secret", DeviceKeys(APP_KEY, NWK_KEY))
    created = outcome_of(RegistrationResult("created", DEVICE_ID, "run-1"), planned(nwk_key=NWK_KEY), prints)
    claimed = outcome_of(RegistrationResult("claimed", "pump-7", "run-2"), planned_claim(), {})
    append(journal, accepted(), DeviceCreated(change(), created.device), *ONE_OF_EACH)
    append(journal, DeviceClaimed(change(), claimed.device), thing_id=OTHER_THING_ID)

    written = repr(storage.items()).upper()

    assert prints["appKey"].upper() in written
    assert [secret for secret in (APP_KEY, NWK_KEY, CODE) if secret in written] == []


def test_the_indexes_hold_snapshots_alone(client, table_name, journal):
    append(journal, accepted(), CREATED)

    indexes = ("ByStatus", "ByThingName", "ByDevEui")
    found = [client.scan(TableName=table_name, IndexName=index)["Items"] for index in indexes]

    assert [[item["sk"]["S"] for item in items] for items in found] == [["SNAPSHOT"]] * 3


def test_the_keys_are_as_documented(journal, storage):
    append(journal, accepted(), CREATED)

    assert {(item["pk"]["S"], item["sk"]["S"]) for item in storage.items()} == {
        (f"THING#{THING_ID}", "FACT#000000000000"),
        (f"THING#{THING_ID}", "FACT#000000000001"),
        (f"THING#{THING_ID}", "SNAPSHOT"),
        (f"DEVICE#{DEVICE_ID}", "OWNER"),
    }


def test_a_tombstone_is_deleted_by_dynamodb_when_every_event_of_its_thing_is_late(journal, storage):
    began = time.time()
    journal.write_tombstone(THING_ID)
    append(journal, accepted(), CREATED, thing_id=OTHER_THING_ID)

    expiring = {item["sk"]["S"]: int(item["expires_at"]["N"]) for item in storage.items() if "expires_at" in item}

    assert list(expiring) == ["TOMBSTONE"]
    assert is_late(int(began * 1000), datetime.fromtimestamp(expiring["TOMBSTONE"], UTC))
    assert expiring["TOMBSTONE"] <= time.time() + TOMBSTONE_LASTS.total_seconds()
    assert RESOURCES["JournalTable"]["Properties"]["TimeToLiveSpecification"] == {
        "AttributeName": "expires_at",
        "Enabled": True,
    }


def test_an_event_is_not_late_as_long_as_the_queues_hold_it():
    """Then a thing that AWS IoT does not show yet is registered, however long a pause or an outage lasts."""
    queued_s = sum(RESOURCES[queue]["Properties"]["MessageRetentionPeriod"] for queue in QUEUES)
    occurred = datetime(2025, 11, 26, tzinfo=UTC)

    assert not is_late(int(occurred.timestamp() * 1000), occurred + timedelta(seconds=queued_s))


def test_times_are_texts_of_one_length_in_utc_so_that_they_sort(journal, storage):
    whole = datetime(2025, 11, 26, 12, 0, tzinfo=timezone(timedelta(hours=2)))
    journal.append(replace(entry(ThingState(), CREATED), at=whole))

    assert {item["at"]["S"] for item in storage.items() if "at" in item} == {"2025-11-26T10:00:00.000000Z"}


def test_an_owner_that_a_newer_version_wrote_is_refused(journal, storage):
    append(journal, accepted())
    storage.newer_owner()

    with pytest.raises(UnknownFactError, match=r"OWNER of .* is of version 2.* Deploy the newer version"):
        journal.owner(DEVICE_ID)
    with pytest.raises(UnknownFactError, match="is of version 2"):
        append(journal, accepted(), thing_id=OTHER_THING_ID)
