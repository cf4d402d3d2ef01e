"""The journal on the local cloud's DynamoDB, with many writers at once and with answers that get lost."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.journal_samples import CREATED, accepted, append, change, entry
from tests.journal_table import TableStorage, WholeJournal, create_table
from tests.ports.journal import JournalContract
from tests.samples import DEVICE_ID, THING_ID
from workflows.domain.facts import EventSkipped
from workflows.domain.fold import ThingState
from workflows.errors import JournalMovedAnswer, OwnerHeldAnswer, ThingBusyError

WRITERS = 8
FACTS_EACH = 5
TRIES = 500


@pytest.fixture(scope="module")
def client(aws):
    return aws.client("dynamodb")


@pytest.fixture
def table_name(client):
    return create_table(client)


@pytest.fixture
def journal(client, table_name):
    return WholeJournal(client, table_name)


@pytest.fixture
def storage(client, table_name):
    return TableStorage(client, table_name)


class TestJournalOnTheLocalCloud(JournalContract):
    pass


def test_of_many_that_append_at_once_each_fact_is_written_once(journal):
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda writer: insist(journal, writer), range(WRITERS)))

    versions = [recorded.fact.change.version_number for recorded in journal.facts(THING_ID)]

    assert sorted(versions) == list(range(WRITERS * FACTS_EACH))
    assert journal.read(THING_ID).facts == WRITERS * FACTS_EACH


def test_of_many_things_that_want_one_device_one_gets_it(journal):
    with ThreadPoolExecutor(WRITERS) as pool:
        won = list(pool.map(lambda number: takes(journal, f"thing-{number}"), range(WRITERS)))

    [winner] = [f"thing-{number}" for number, has_it in enumerate(won) if has_it]

    assert journal.owner(DEVICE_ID).thing_id == winner
    assert [snapshot.thing_id for snapshot in journal.by_status("in flight")] == [winner]


def test_an_append_whose_answer_was_lost_is_repeated_as_the_same(client, journal):
    """The first answer is asked for once more, as boto3 does after a broken connection."""
    append(journal, accepted())
    lost = iter([0])
    client.meta.events.register_first("needs-retry.dynamodb.TransactWriteItems", lambda **_: next(lost, None), "lost")

    state = append(journal, CREATED)
    client.meta.events.unregister("needs-retry.dynamodb.TransactWriteItems", unique_id="lost")

    assert next(lost, None) is None
    assert journal.read(THING_ID) == state
    assert [recorded.fact for recorded in journal.facts(THING_ID)] == [accepted(), CREATED]


def insist(journal, writer):
    for number in range(FACTS_EACH):
        fact = EventSkipped(change(version_number=writer * FACTS_EACH + number), "duplicate")
        assert any(appended(journal, fact) for _ in range(TRIES))


def appended(journal, fact):
    try:
        journal.append(entry(journal.read(THING_ID), fact))
    except (JournalMovedAnswer, ThingBusyError):
        return False
    return True


def takes(journal, thing_id):
    try:
        journal.append(entry(ThingState(), accepted(), thing_id, thing_id))
    except (OwnerHeldAnswer, ThingBusyError):
        return False
    return True
