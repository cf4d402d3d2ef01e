"""Things that were deleted before the journal had a fact of them."""

import time

from workflows.adapters.aws import transient_errors_mapped
from workflows.adapters.journal.attribute_values import to_attributes
from workflows.adapters.journal.items import EXPIRES_AT, tombstone_key
from workflows.adapters.journal.snapshots import DynamoDBSnapshots
from workflows.ports.journal import Tombstones
from workflows.schemas.codec import Plain
from workflows.schemas.journal import VERSION

# Every deleted thing of the account may leave a tombstone. DynamoDB deletes it when no event of the thing can come any
# more: one waits at most 4 days in the queue and 14 in the dead-letter queue, and a run that failed before the journal
# knew of the thing can be started again for the 90 days that Step Functions stores it. 108, and some to spare.
TOMBSTONE_S = 120 * 24 * 60 * 60


class DynamoDBTombstones(DynamoDBSnapshots, Tombstones):
    def write_tombstone(self, thing_id: str) -> None:
        item: dict[str, Plain] = {
            **tombstone_key(thing_id),
            "version": VERSION,
            EXPIRES_AT: int(time.time()) + TOMBSTONE_S,
        }
        with transient_errors_mapped():
            self._client.put_item(TableName=self._table_name, Item=to_attributes(item))

    def has_tombstone(self, thing_id: str) -> bool:
        return self._item(tombstone_key(thing_id)) is not None
