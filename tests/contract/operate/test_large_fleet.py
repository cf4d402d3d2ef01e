"""The status of a fleet that is larger than the command counts at once."""

import json

import boto3
import pytest

from operate.adapters.journal_counts import SOON_PAGES, JournalCounts
from tests.journal_samples import CREATED, accepted

# Two items of this size fill a page.
LARGE = "x" * 390_000
PER_PAGE = 2
MORE = PER_PAGE * SOON_PAGES + 1


@pytest.fixture
def client(field):
    return boto3.client("dynamodb")


@pytest.fixture
def large(field, client):
    """One thing more than the command counts at once is registered."""
    field.happened("pump-00", accepted(), CREATED, thing_id="id-00")
    [snapshot] = [item for item in client.scan(TableName=field.table)["Items"] if item["sk"]["S"] == "SNAPSHOT"]
    for number in range(MORE):
        item = json.loads(json.dumps(snapshot).replace("-00", f"-{number:02}"))
        client.put_item(TableName=field.table, Item=item | {"filling": {"S": LARGE}})
    return field


def test_a_status_is_counted_up_to_some_pages(large, client):
    soon = JournalCounts(client, large.table).count("registered")
    whole = JournalCounts(client, large.table, None).count("registered")

    assert (soon.number, soon.is_all) == (PER_PAGE * SOON_PAGES, False)
    assert (whole.number, whole.is_all, whole.methods) == (MORE, True, {"created": MORE})


def test_a_sample_says_how_the_things_are(large, client):
    assert set(JournalCounts(client, large.table).sample()) == {("registered", "created")}


def test_an_estimate_is_marked_and_the_command_that_counts_is_named(large):
    large.stored = 98_765

    document, printed = large.document("status", "status"), large.printed("status")

    assert (document["things"]["registered"], document["things"]["failed"]) == (98_800, 0)
    assert document["estimated"] is True
    assert (document["precision"]["registered"], document["precision"]["failed"]) == ("about", "exact")
    assert "≈98,800   ≈98,800 created" in printed
    assert "thingsync status --exact" in printed


def test_a_fleet_younger_than_dynamodbs_count_is_at_least_what_was_counted(large):
    large.stored = 3

    document = large.document("status", "status")

    assert document["things"]["registered"] == PER_PAGE * SOON_PAGES
    assert (document["estimated"], document["precision"]["registered"]) == (True, "atLeast")
    assert f"≥{PER_PAGE * SOON_PAGES}" in large.printed("status")


def test_exact_counts_all_of_it(large):
    large.stored = 98_765

    document, printed = large.document("status", "status", "--exact"), large.printed("status", "--exact")

    assert (document["things"]["registered"], document["registered"]["created"]) == (MORE, MORE)
    assert document["estimated"] is False
    assert "≈" not in printed
    assert "≥" not in printed


def test_a_small_fleet_is_exact(field):
    field.happened("pump-7", accepted(), CREATED)

    document = field.document("status", "status")

    assert (document["things"]["registered"], document["estimated"]) == (1, False)
    assert set(document["precision"].values()) == {"exact"}


def test_one_thing_is_not_counted(field):
    assert field.call("status", "pump-7", "--exact").exit_code == 2
