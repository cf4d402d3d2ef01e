"""How many requests to DynamoDB each method costs."""

from collections import Counter

import pytest

from tests.journal_samples import CREATED, OTHER_THING_ID, accepted, append, change, device, entry
from tests.ports.journal_owners import OWNER
from tests.samples import DEVICE_ID, THING_ID
from workflows.domain.facts import DeviceCreated, EventSkipped
from workflows.domain.fold import ThingState
from workflows.errors import JournalMovedAnswer, OwnerHeldAnswer


@pytest.fixture
def requests(client, table_name):
    """Count the requests by operation, those to make the table not."""
    counted = Counter()

    def count(event_name, **_):
        counted[event_name.rpartition(".")[2]] += 1

    client.meta.events.register("before-send.dynamodb", count)
    yield counted
    client.meta.events.unregister("before-send.dynamodb", count)


def test_a_read_is_one(journal, requests):
    journal.read(THING_ID)

    assert requests == {"GetItem": 1}


def test_an_append_is_one_whatever_it_takes_and_frees(journal, requests):
    first, second = change("CREATED", 1), change("UPDATED", 2)
    before = ThingState()
    for fact in (accepted(first, "one"), accepted(second, "two"), DeviceCreated(second, device())):
        before = journal.append(entry(before, fact))

    assert requests == {"TransactWriteItems": 3}


def test_one_that_is_refused_for_its_device_learns_whose_it_is_in_one(journal, requests):
    journal.append(entry(ThingState(), accepted(), OTHER_THING_ID, "pump-8"))

    with pytest.raises(OwnerHeldAnswer, match="pump-8"):
        journal.append(entry(ThingState(), accepted()))

    assert requests == {"TransactWriteItems": 2}


def test_one_that_reads_again_learns_that_in_one(journal, requests):
    journal.append(entry(ThingState(), accepted()))

    with pytest.raises(JournalMovedAnswer, match="has grown"):
        journal.append(entry(ThingState(), CREATED))

    assert requests == {"TransactWriteItems": 2}


def test_to_ask_for_an_owner_is_one_and_to_free_is_one(journal, requests):
    journal.owner(DEVICE_ID)
    journal.free(DEVICE_ID, OWNER, facts=0)

    assert requests == {"GetItem": 1, "TransactWriteItems": 1}


def test_a_stream_of_two_pages_is_two(journal, requests):
    """A page of DynamoDB's holds one megabyte."""
    facts = [EventSkipped(change(version_number=number), "x" * 300_000) for number in range(4)]
    append(journal, *facts)

    read = list(journal.facts(THING_ID))

    assert [each.fact for each in read] == facts
    assert requests["Query"] == 2


@pytest.mark.parametrize(
    "find",
    [
        pytest.param(lambda journal: journal.named("pump-7"), id="named"),
        pytest.param(lambda journal: journal.by_status("registered"), id="status"),
    ],
)
def test_things_on_two_pages_are_two(journal, requests, find):
    for number in range(4):
        created = DeviceCreated(change(), device(device_id=f"device-{number}", description="x" * 300_000))
        append(journal, created, thing_id=f"thing-{number}")

    found = list(find(journal))

    assert len(found) == 4
    assert requests["Query"] == 2
