"""How many things have each status, without reading the things."""

from collections import Counter
from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from operate.views.counts import Counted
from workflows.adapters.aws import transient_errors_mapped
from workflows.adapters.journal.attribute_values import to_attributes
from workflows.adapters.journal.history import BY_STATUS, BY_THING_NAME
from workflows.domain.facts import Method
from workflows.domain.fold import Status
from workflows.steps.concurrency import map_concurrently

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import QueryInputPaginateTypeDef

# Of a thousand things or so each, in less than a second. All things of a status are in one partition of the index, so
# DynamoDB reads no more than some 24 of them a second, and more at once would be throttled.
SOON_PAGES = 10
# This index spreads the things by their names' hashes, so the first things of each segment are a sample of the fleet.
_SEGMENTS, _SAMPLED = 8, 250
_NAMES = {"#status": "status", "#state": "state"}


class JournalCounts:
    """``pages``: how many it reads of a status before it leaves off; None: all."""

    def __init__(self, client: "DynamoDBClient", table_name: str, pages: int | None = SOON_PAGES) -> None:
        self._client = client
        self._table_name = table_name
        self._pages = pages

    def count(self, status: Status) -> Counted:
        number, methods, last = 0, Counter[Method](), None
        with transient_errors_mapped():
            for page in islice(self._client.get_paginator("query").paginate(**self._query(status)), self._pages):
                number, last = number + page["Count"], page.get("LastEvaluatedKey")
                methods.update(filter(None, map(_method_in, page.get("Items", []))))
        return Counted(number, is_all=not last, methods=methods)

    def _query(self, status: Status) -> "QueryInputPaginateTypeDef":
        """Of things that have a device, its method; of others, DynamoDB returns only the count."""
        wanted: QueryInputPaginateTypeDef = {
            "TableName": self._table_name,
            "IndexName": BY_STATUS,
            "KeyConditionExpression": "#status = :status",
            "ExpressionAttributeValues": to_attributes({":status": status}),
        }
        if status != "registered":
            return {**wanted, "Select": "COUNT", "ExpressionAttributeNames": {"#status": "status"}}
        return {**wanted, "ProjectionExpression": "#state.device.method", "ExpressionAttributeNames": _NAMES}

    def stored(self) -> int:
        """Return how many things there are by DynamoDB's own count, which is up to six hours old."""
        with transient_errors_mapped():
            table = self._client.describe_table(TableName=self._table_name)["Table"]
        indexes = table.get("GlobalSecondaryIndexes", [])
        return sum(each.get("ItemCount", 0) for each in indexes if each.get("IndexName") == BY_STATUS)

    def sample(self) -> list[tuple[Status, Method | None]]:
        """Return status and method of two thousand things, chosen by chance."""
        with transient_errors_mapped():
            return [each for page in map_concurrently(self._segment, range(_SEGMENTS)) for each in page]

    def _segment(self, number: int) -> list[tuple[Status, Method | None]]:
        page = self._client.scan(
            TableName=self._table_name,
            IndexName=BY_THING_NAME,
            Segment=number,
            TotalSegments=_SEGMENTS,
            Limit=_SAMPLED,
            ProjectionExpression="#status, #state.device.method",
            ExpressionAttributeNames=_NAMES,
        )
        return [(cast("Status", each["status"]["S"]), _method_in(each)) for each in page["Items"]]


def _method_in(item: Mapping[str, Any]) -> Method | None:
    match item:
        case {"state": {"M": {"device": {"M": {"method": {"S": method}}}}}}:
            return cast("Method", method)
        case _:
            return None
