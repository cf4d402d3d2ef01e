"""The journal for questions about many things at once."""

import time
from collections.abc import Callable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any

from workflows.adapters.aws import transient_errors_mapped
from workflows.adapters.journal.attribute_values import to_attributes
from workflows.adapters.journal.history import BY_STATUS
from workflows.adapters.journal.items import owner_in, snapshot_in, thing_of
from workflows.adapters.journal.many import DynamoDBJournalReader
from workflows.adapters.journal.registered import owner_key
from workflows.domain.fold import Status
from workflows.ports.journal import Owner, Snapshot

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BY_DEV_EUI = "ByDevEui"
# What somebody at a terminal looks at first.
FIRST_PAGE = 100
_STATUSES_WITH_DEVICES: tuple[Status, ...] = ("registered", "in flight", "rejected", "failed")


class JournalPages(DynamoDBJournalReader):
    def __init__(self, client: "DynamoDBClient", table_name: str, sleep: Callable[[float], None] = time.sleep) -> None:
        super().__init__(client, table_name, sleep)

    def with_devices(self) -> Iterator[Snapshot]:
        """Return the things that may have a device now, the registered ones first, and the latest first."""
        return chain.from_iterable(map(self.by_status, _STATUSES_WITH_DEVICES))

    def count_devices(self) -> int:
        """Count the things that have a device; DynamoDB returns only the count."""
        return sum(map(self._count_devices, _STATUSES_WITH_DEVICES))

    def _count_devices(self, status: Status) -> int:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table_name,
            IndexName=BY_STATUS,
            Select="COUNT",
            KeyConditionExpression="#status = :status",
            FilterExpression="attribute_exists(#state.device)",
            ExpressionAttributeNames={"#status": "status", "#state": "state"},
            ExpressionAttributeValues=to_attributes({":status": status}),
        )
        with transient_errors_mapped():
            return sum(page["Count"] for page in pages)

    def owner(self, device_id: str) -> Owner | None:
        """Return which thing owns the device ID; None if it is free."""
        item = self._item(owner_key(device_id))
        return owner_in(item) if item else None

    def soon_by_status(self, status: Status) -> Iterator[Snapshot]:
        """As ``by_status``, with a short first page: a whole one has a thousand things, which take long to parse."""
        query: dict[str, Any] = {**self._latest_first(BY_STATUS, "status", status)}
        start: dict[str, Any] | None = {"Limit": FIRST_PAGE}
        with transient_errors_mapped():
            while start:
                page = self._client.query(**query, **start)
                yield from map(snapshot_in, page["Items"])
                last = page.get("LastEvaluatedKey")
                start = {"ExclusiveStartKey": last} if last else None

    def ends(self, status: Status, count: int) -> list[Snapshot]:
        """Return the latest and the oldest things of a status, up to ``count`` of each."""
        query: dict[str, Any] = {**self._latest_first(BY_STATUS, "status", status), "Limit": count}
        with transient_errors_mapped():
            pages = [self._client.query(**query | {"ScanIndexForward": is_oldest}) for is_oldest in (False, True)]
        found = (snapshot_in(item) for page in pages for item in page["Items"])
        return list({each.thing_id: each for each in found}.values())

    def with_dev_eui(self, dev_eui: str) -> Iterator[Snapshot]:
        """Find the things that have or had the DevEUI, given in upper case. The index has only their keys."""
        found = self._query(
            {
                "TableName": self._table_name,
                "IndexName": BY_DEV_EUI,
                "KeyConditionExpression": "dev_eui = :dev_eui",
                "ExpressionAttributeValues": to_attributes({":dev_eui": dev_eui}),
            }
        )
        return self.snapshots(thing_of(item) for item in found)
