"""Things that were deleted before the journal had a fact of them."""

import time

from workflows.adapters.aws import transient_errors_mapped
from workflows.adapters.journal.attribute_values import to_attributes
from workflows.adapters.journal.items import EXPIRES_AT, tombstone_key
from workflows.adapters.journal.snapshots import DynamoDBSnapshots
from workflows.domain.event import TOMBSTONE_LASTS
from workflows.ports.journal import Tombstones
from workflows.schemas.codec import Plain
from workflows.schemas.journal import VERSION


class DynamoDBTombstones(DynamoDBSnapshots, Tombstones):
    def write_tombstone(self, thing_id: str) -> None:
        item: dict[str, Plain] = {
            **tombstone_key(thing_id),
            "version": VERSION,
            EXPIRES_AT: int(time.time() + TOMBSTONE_LASTS.total_seconds()),
        }
        with transient_errors_mapped():
            self._client.put_item(TableName=self._table_name, Item=to_attributes(item))

    def has_tombstone(self, thing_id: str) -> bool:
        return self._item(tombstone_key(thing_id)) is not None
