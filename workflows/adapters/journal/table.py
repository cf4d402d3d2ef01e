"""The journal's reads and writes, each with as few requests as there can be: one per item, page or transaction."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from workflows.adapters.aws import code_of, passing_trouble_named
from workflows.adapters.journal.attribute_values import to_attributes
from workflows.adapters.journal.items import (
    FACT,
    head_in,
    head_key,
    owner_in,
    owner_key,
    recorded_in,
    state_in,
    stream_key,
)
from workflows.adapters.journal.transaction import Append
from workflows.domain.fold import Status, ThingState, evolve
from workflows.errors import JournalSequenceError, SyncError, ThingBusyError
from workflows.ports.journal import Entry, Head, Journal, Owner, Recorded

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef, QueryInputPaginateTypeDef

    Item = dict[str, AttributeValueTypeDef]

BY_STATUS = "ByStatus"
BY_THING_NAME = "ByThingName"


class DynamoDBJournal(Journal):
    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def read(self, thing_id: str) -> ThingState:
        head = self._item(head_key(thing_id))
        return state_in(head) if head else ThingState()

    def append(self, entry: Entry) -> ThingState:
        """Raise ``JournalSequenceError`` if the stream holds a fact that HEAD does not count.

        boto3 gives every call a ClientRequestToken and repeats it when it asks again, so an answer may get lost.
        """
        append = Append(self._table_name, entry, evolve(entry.before, entry.before.facts, entry.fact))
        try:
            with passing_trouble_named():
                self._client.transact_write_items(TransactItems=append.writes())
        except self._client.exceptions.TransactionCanceledException as error:
            if refusal := append.refusal(error.response["CancellationReasons"]):
                raise self._confirmed(refusal, append) from error
            raise
        except self._client.exceptions.TransactionInProgressException as error:
            raise append.conflict() from error
        return append.after

    def owner(self, device_id: str) -> Owner | None:
        item = self._item(owner_key(device_id))
        return owner_in(item) if item else None

    def free(self, device_id: str, owner: Owner) -> None:
        """Raise ``ThingBusyError`` if a transaction on the owner item was under way."""
        try:
            with passing_trouble_named():
                self._client.delete_item(
                    TableName=self._table_name,
                    Key=to_attributes(owner_key(device_id)),
                    ConditionExpression="thing_id = :thing_id",
                    ExpressionAttributeValues=to_attributes({":thing_id": owner.thing_id}),
                )
        except ClientError as error:
            if code_of(error) == "TransactionConflictException":
                raise ThingBusyError(f"A transaction on the owner of device {device_id} is under way.") from error
            if code_of(error) != "ConditionalCheckFailedException":
                raise

    def facts(self, thing_id: str) -> Iterator[Recorded]:
        """Raise ``JournalSequenceError`` where one is missing."""
        stream = self._query(
            {
                "TableName": self._table_name,
                "ConsistentRead": True,
                "KeyConditionExpression": "pk = :pk AND begins_with(sk, :sk)",
                "ExpressionAttributeValues": to_attributes({":pk": stream_key(thing_id), ":sk": FACT}),
            }
        )
        for number, item in enumerate(stream):
            recorded = recorded_in(item)
            if recorded.number != number:
                raise JournalSequenceError(f"Fact {number} of thing {thing_id} is missing. Restore the thing's items.")
            yield recorded

    def named(self, thing_name: str) -> Iterator[Head]:
        return self._heads(BY_THING_NAME, "thing_name", thing_name)

    def standing(self, status: Status) -> Iterator[Head]:
        return self._heads(BY_STATUS, "status", status)

    def _item(self, key: dict[str, str]) -> "Item | None":
        with passing_trouble_named():
            found = self._client.get_item(TableName=self._table_name, Key=to_attributes(key), ConsistentRead=True)
        return found.get("Item")

    def _heads(self, index: str, attribute: str, value: str) -> Iterator[Head]:
        latest_first = self._query(
            {
                "TableName": self._table_name,
                "IndexName": index,
                "ScanIndexForward": False,
                "KeyConditionExpression": "#attribute = :value",
                "ExpressionAttributeNames": {"#attribute": attribute},
                "ExpressionAttributeValues": to_attributes({":value": value}),
            }
        )
        return map(head_in, latest_first)

    def _query(self, query: "QueryInputPaginateTypeDef") -> "Iterator[Item]":
        with passing_trouble_named():
            for page in self._client.get_paginator("query").paginate(**query):
                yield from page["Items"]

    def _confirmed(self, refusal: SyncError, append: Append) -> SyncError:
        """DynamoDB need not name every condition that failed, so ask HEAD before calling the stream broken."""
        if not isinstance(refusal, JournalSequenceError):
            return refusal
        before = append.entry.before
        return refusal if self.read(append.entry.thing_id).facts == before.facts else append.moved()
