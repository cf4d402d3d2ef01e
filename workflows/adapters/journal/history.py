"""What happened to a thing, and which things have a status: a request for each page."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from workflows.adapters.aws import transient_errors_mapped
from workflows.adapters.journal.attribute_values import to_attributes
from workflows.adapters.journal.items import FACT, recorded_in, snapshot_in, stream_key
from workflows.adapters.journal.snapshots import DynamoDBSnapshots
from workflows.domain.fold import Status
from workflows.errors import JournalSequenceError
from workflows.ports.journal import History, Recorded, Snapshot

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef, QueryInputPaginateTypeDef

    Item = dict[str, AttributeValueTypeDef]

BY_STATUS = "ByStatus"
BY_THING_NAME = "ByThingName"


class DynamoDBHistory(DynamoDBSnapshots, History):
    def facts(self, thing_id: str) -> Iterator[Recorded]:
        """Raise ``JournalSequenceError`` where one is missing."""
        for number, item in enumerate(self._query(self._stream(thing_id))):
            recorded = recorded_in(item)
            if recorded.number != number:
                raise JournalSequenceError(f"Fact {number} of thing {thing_id} is missing. Restore the thing's items.")
            yield recorded

    def recent(self, thing_id: str) -> Iterator[Recorded]:
        """Ten at a time: a reader from the end wants the last few."""
        return map(
            recorded_in,
            self._query({**self._stream(thing_id), "ScanIndexForward": False, "PaginationConfig": {"PageSize": 10}}),
        )

    def _stream(self, thing_id: str) -> "QueryInputPaginateTypeDef":
        return {
            "TableName": self._table_name,
            "ConsistentRead": True,
            "KeyConditionExpression": "pk = :pk AND begins_with(sk, :sk)",
            "ExpressionAttributeValues": to_attributes({":pk": stream_key(thing_id), ":sk": FACT}),
        }

    def named(self, thing_name: str) -> Iterator[Snapshot]:
        return self._snapshots(BY_THING_NAME, "thing_name", thing_name)

    def by_status(self, status: Status) -> Iterator[Snapshot]:
        return self._snapshots(BY_STATUS, "status", status)

    def _snapshots(self, index: str, attribute: str, value: str) -> Iterator[Snapshot]:
        return map(snapshot_in, self._query(self._latest_first(index, attribute, value)))

    def _latest_first(self, index: str, attribute: str, value: str) -> "QueryInputPaginateTypeDef":
        return {
            "TableName": self._table_name,
            "IndexName": index,
            "ScanIndexForward": False,
            "KeyConditionExpression": "#attribute = :value",
            "ExpressionAttributeNames": {"#attribute": attribute},
            "ExpressionAttributeValues": to_attributes({":value": value}),
        }

    def _query(self, query: "QueryInputPaginateTypeDef") -> "Iterator[Item]":
        with transient_errors_mapped():
            for page in self._client.get_paginator("query").paginate(**query):
                yield from page["Items"]
