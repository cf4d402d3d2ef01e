"""Where many things stand, asked for at once."""

import json

import boto3
import pytest
from botocore.stub import Stubber

from operate.adapters.journal import FIRST_PAGE, JournalPages
from tests.journal_samples import accepted


@pytest.fixture
def client(field):
    return boto3.client("dynamodb")


def test_many_things_are_asked_for_at_once_and_unknown_ones_left_out(field, client):
    field.happened("pump-0", accepted(), thing_id="id-0")
    put_copies_of_snapshot(client, field.table, "id-0", [f"id-{number}" for number in range(1, 120)])

    found = JournalPages(client, field.table).snapshots(f"id-{number}" for number in range(130))

    assert {snapshot.thing_id for snapshot in found} == {f"id-{number}" for number in range(120)}


def put_copies_of_snapshot(client, table, thing_id, copies):
    """Append no facts: moto copies its whole table for every transaction."""
    [snapshot] = [item for item in client.scan(TableName=table)["Items"] if item["sk"]["S"] == "SNAPSHOT"]
    for copy in copies:
        client.put_item(TableName=table, Item=json.loads(json.dumps(snapshot).replace(thing_id, copy)))


def test_the_first_things_of_a_status_come_on_a_short_page_and_the_others_follow(field, client):
    field.happened("pump-0", accepted(), thing_id="id-0")
    count = FIRST_PAGE + 5
    put_copies_of_snapshot(client, field.table, "id-0", [f"id-{number}" for number in range(1, count)])
    pages, asked = JournalPages(client, field.table), []
    client.meta.events.register(
        "provide-client-params.dynamodb.Query", lambda params, **_: asked.append(params.get("Limit"))
    )

    things = pages.soon_by_status("in flight")
    first = next(things)
    assert asked == [FIRST_PAGE]

    assert {each.thing_id for each in (first, *things)} == {f"id-{number}" for number in range(count)}
    assert asked == [FIRST_PAGE, None]


def test_nothing_is_asked_for_nothing(field, client):
    assert list(JournalPages(client, field.table).snapshots([])) == []


def test_what_dynamodb_had_no_capacity_for_is_asked_for_again(field, client):
    field.happened("pump-7", accepted(), thing_id="id")
    whole = client.scan(TableName=field.table)["Items"]
    [snapshot] = [item for item in whole if item["sk"]["S"] == "SNAPSHOT"]
    key = {"pk": snapshot["pk"], "sk": snapshot["sk"]}
    wanted = {field.table: {"Keys": [key], "ConsistentRead": True}}
    with Stubber(client) as stub:
        stub.add_response("batch_get_item", {"Responses": {}, "UnprocessedKeys": wanted}, {"RequestItems": wanted})
        stub.add_response("batch_get_item", {"Responses": {field.table: [snapshot]}, "UnprocessedKeys": {}})

        found = list(JournalPages(client, field.table).snapshots(["id"]))

    assert [each.thing_name for each in found] == ["pump-7"]
