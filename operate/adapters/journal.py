"""The journal for questions about many things at once."""

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Protocol

from operate.pacing import batches
from workflows.adapters.aws import transient_errors_mapped
from workflows.adapters.journal.attribute_values import to_attributes
from workflows.adapters.journal.history import BY_STATUS, DynamoDBHistory
from workflows.adapters.journal.items import owner_in, snapshot_in, snapshot_key, thing_of
from workflows.adapters.journal.registered import owner_key
from workflows.domain.fold import Status
from workflows.ports.journal import History, Owner, Snapshot

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import KeysAndAttributesTypeDef

# BatchGetItem takes at most this many keys.
SNAPSHOTS_AT_ONCE = 100
BY_DEV_EUI = "ByDevEui"
# What somebody at a terminal looks at first.
FIRST_PAGE = 100
_PAUSE_S = 0.2
_STATUSES_WITH_DEVICES: tuple[Status, ...] = ("registered", "in flight", "rejected", "failed")


class JournalReader(History, Protocol):
    """The history, and the snapshots of many things."""

    def snapshots(self, thing_ids: Iterable[str]) -> Iterator[Snapshot]:
        """Read the snapshots of things; things without facts are left out."""


class JournalPages(DynamoDBHistory):
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

    def snapshots(self, thing_ids: Iterable[str]) -> Iterator[Snapshot]:
        """Read the snapshots of things; things without facts are left out."""
        for batch in batches(thing_ids, SNAPSHOTS_AT_ONCE):
            keys = [to_attributes(snapshot_key(thing_id)) for thing_id in batch]
            yield from self._batch({self._table_name: {"Keys": keys, "ConsistentRead": True}})

    def _batch(self, wanted: "dict[str, KeysAndAttributesTypeDef]") -> Iterator[Snapshot]:
        """DynamoDB returns the keys that it has no capacity for now; they are read again."""
        while wanted:
            answer = self._client.batch_get_item(RequestItems=wanted)
            yield from map(snapshot_in, answer["Responses"].get(self._table_name, []))
            wanted = answer["UnprocessedKeys"]  # type: ignore[assignment]  # its own type, but what the call takes
            if wanted:
                time.sleep(_PAUSE_S)
