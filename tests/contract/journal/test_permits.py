"""Permits in DynamoDB are counted as the fake of the unit tests counts them."""

import pytest

from operate.adapters.allowance import Allowance
from tests.fakes.permits import FakePermits
from tests.ports.permits import AT, NEXT_HOUR, PermitContract
from workflows.adapters.journal.permits import DynamoDBPermits


class TestPermitsInMemory(PermitContract):
    @pytest.fixture
    def permits(self):
        return FakePermits()

    @pytest.fixture
    def grant(self, permits):
        return permits.grant


@pytest.fixture
def permits(client, table_name):
    return DynamoDBPermits(client, table_name)


@pytest.fixture
def allowance(client, table_name):
    return Allowance(client, table_name)


@pytest.fixture
def grant(allowance):
    return allowance.grant


class TestPermitsInDynamoDB(PermitContract):
    pass


def test_the_operator_reads_how_many_were_removed_in_an_hour(permits, allowance):
    permits.take(AT, per_hour=2)
    permits.take(AT, per_hour=2)

    assert [allowance.taken(hour) for hour in (AT, NEXT_HOUR)] == [2, 0]


def test_the_operator_takes_back_what_is_left(permits, allowance):
    allowance.grant(2, until=NEXT_HOUR)
    allowance.end()

    assert [permits.take(AT, per_hour=1) for _ in range(2)] == [True, False]


def test_counts_are_in_no_index_and_expire(client, table_name, permits, grant):
    permits.take(AT, per_hour=1)
    grant(1, until=NEXT_HOUR)

    items = client.scan(TableName=table_name)["Items"]

    assert sorted(item["sk"]["S"] for item in items) == ["ALLOWANCE", "HOUR#2026-11-26T13"]
    assert all({"status", "at", "thing_name"}.isdisjoint(item) for item in items)
    assert all(int(item["expires_at"]["N"]) >= AT.timestamp() for item in items)
