"""The snapshots of all things, whatever their status, in pages that somebody else can go on from."""

import pytest

from tests.journal_samples import accepted, append, change
from workflows.adapters.journal.pages import DynamoDBSnapshotPages
from workflows.domain.facts import EventSkipped
from workflows.domain.pages import every


@pytest.fixture
def one_at_a_time(client):
    """Let each page hold one item, as a large table's holds a megabyte."""
    event = "provide-client-params.dynamodb.Query"
    limit = lambda params, **_: {**params, "Limit": 1}  # noqa: E731
    client.meta.events.register(event, limit)
    yield
    client.meta.events.unregister(event, limit)


def test_things_of_every_status_are_read_page_by_page_each_from_the_place_of_the_last(
    client, table_name, journal, one_at_a_time
):
    for number in range(3):
        append(journal, accepted(device_id=f"busy-{number}"), thing_id=f"busy-{number}", thing_name=f"pump-{number}")
    for number in range(2):
        skipped = EventSkipped(change(), "nothing to do")
        append(journal, skipped, thing_id=f"done-{number}", thing_name=f"lamp-{number}")

    found = every(lambda place: DynamoDBSnapshotPages(client, table_name).page(place))

    assert sorted((each.thing_id, each.status) for each in found) == [
        ("busy-0", "in flight"),
        ("busy-1", "in flight"),
        ("busy-2", "in flight"),
        ("done-0", "skipped"),
        ("done-1", "skipped"),
    ]


def test_a_journal_without_things_has_none(client, table_name):
    assert list(every(DynamoDBSnapshotPages(client, table_name).page)) == []
