"""The template's journal table in any DynamoDB that a client reaches; and what could go wrong with its items."""

import uuid

from tests.contract.sam_template import RESOURCES
from tests.samples import DEVICE_ID
from workflows.adapters.journal.history import DynamoDBHistory
from workflows.adapters.journal.items import fact_key, snapshot_key
from workflows.adapters.journal.known_devices import DynamoDBKnownDevices
from workflows.adapters.journal.registered import owner_key
from workflows.adapters.journal.reservations import DynamoDBReservations
from workflows.adapters.journal.table import DynamoDBJournal

SHAPE = ("BillingMode", "KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes")


class WholeJournal(DynamoDBJournal, DynamoDBReservations, DynamoDBHistory, DynamoDBKnownDevices):
    """All that can be done to the journal, which no function may do."""


def create_table(client):
    """Return the name of a new table."""
    table_name = f"journal-{uuid.uuid4().hex[:8]}"
    properties = RESOURCES["JournalTable"]["Properties"]
    client.create_table(TableName=table_name, **{name: properties[name] for name in SHAPE})
    return table_name


class TableStorage:
    def __init__(self, client, table_name):
        self._client, self._table_name = client, table_name

    def items(self):
        return self._client.scan(TableName=self._table_name, ConsistentRead=True)["Items"]

    def forget_snapshot(self, thing_id):
        self._client.delete_item(TableName=self._table_name, Key=_stored(snapshot_key(thing_id)))

    def forget_fact(self, thing_id, number):
        self._client.delete_item(TableName=self._table_name, Key=_stored(fact_key(thing_id, number)))

    def newer_snapshot(self, thing_id):
        self._make_newer(snapshot_key(thing_id), "#record.#version", {"#record": "state"})

    def newer_fact(self, thing_id, number):
        self._make_newer(fact_key(thing_id, number), "#record.#version", {"#record": "fact"})

    def newer_owner(self):
        self._make_newer(owner_key(DEVICE_ID), "#version", {})

    def _make_newer(self, key, path, names):
        self._client.update_item(
            TableName=self._table_name,
            Key=_stored(key),
            UpdateExpression=f"SET {path} = :newer",
            ExpressionAttributeNames={**names, "#version": "version"},
            ExpressionAttributeValues={":newer": {"N": "2"}},
        )


def _stored(key):
    return {name: {"S": value} for name, value in key.items()}
