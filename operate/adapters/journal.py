"""The journal for whoever asks about many things at once."""

import time
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from operate.pacing import batches
from workflows.adapters.aws import transient_errors_mapped
from workflows.adapters.journal.attribute_values import to_attributes
from workflows.adapters.journal.history import BY_STATUS, DynamoDBHistory
from workflows.adapters.journal.items import snapshot_in, snapshot_key
from workflows.domain.fold import Status
from workflows.ports.journal import Snapshot

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import KeysAndAttributesTypeDef

# The most that BatchGetItem takes.
_AT_ONCE = 100
_PAUSE_S = 0.2


# Where things stand that may have a device.
_WITH_DEVICES: tuple[Status, ...] = ("registered", "in flight", "rejected", "failed")


class JournalPages(DynamoDBHistory):
    def devices(self) -> int:
        """Count the things that have a device; nothing of them but the count is sent."""
        return sum(map(self._devices, _WITH_DEVICES))

    def _devices(self, status: Status) -> int:
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

    def snapshots(self, thing_ids: Iterable[str]) -> Iterator[Snapshot]:
        """Return where things stand, those of which the journal knows nothing left out."""
        for batch in batches(thing_ids, _AT_ONCE):
            keys = [to_attributes(snapshot_key(thing_id)) for thing_id in batch]
            yield from self._batch({self._table_name: {"Keys": keys, "ConsistentRead": True}})

    def _batch(self, wanted: "dict[str, KeysAndAttributesTypeDef]") -> Iterator[Snapshot]:
        """DynamoDB leaves for another call what it has no capacity for now."""
        while wanted:
            answer = self._client.batch_get_item(RequestItems=wanted)
            yield from map(snapshot_in, answer["Responses"].get(self._table_name, []))
            wanted = answer["UnprocessedKeys"]  # type: ignore[assignment]  # its own type, but what the call takes
            if wanted:
                time.sleep(_PAUSE_S)
