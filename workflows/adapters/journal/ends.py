"""Things whose end came before anything else that the journal knows of them."""

import time

from workflows.adapters.aws import passing_trouble_named
from workflows.adapters.journal.attribute_values import to_attributes
from workflows.adapters.journal.heads import DynamoDBHeads
from workflows.adapters.journal.items import EXPIRES_AT, end_key
from workflows.ports.journal import Ends
from workflows.schemas.journal import VERSION, Plain

# Every deleted thing of the account may leave a note, so DynamoDB deletes it when no event of the thing can come any
# more: one waits at most 4 days in the queue and 14 in the dead-letter queue, and a run that failed before the journal
# knew of the thing can be started again for the 90 days that Step Functions keeps it. 108, and some to spare.
KEPT_S = 120 * 24 * 60 * 60


class DynamoDBEnds(DynamoDBHeads, Ends):
    def note_end(self, thing_id: str) -> None:
        item: dict[str, Plain] = {**end_key(thing_id), "version": VERSION, EXPIRES_AT: int(time.time()) + KEPT_S}
        with passing_trouble_named():
            self._client.put_item(TableName=self._table_name, Item=to_attributes(item))

    def has_ended(self, thing_id: str) -> bool:
        return self._item(end_key(thing_id)) is not None
