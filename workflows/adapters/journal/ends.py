"""Things whose end came before anything else that the journal knows of them."""

from workflows.adapters.aws import passing_trouble_named
from workflows.adapters.journal.attribute_values import to_attributes
from workflows.adapters.journal.heads import DynamoDBHeads
from workflows.adapters.journal.items import end_key
from workflows.ports.journal import Ends
from workflows.schemas.journal import VERSION, Plain


class DynamoDBEnds(DynamoDBHeads, Ends):
    def note_end(self, thing_id: str) -> None:
        item: dict[str, Plain] = {**end_key(thing_id), "version": VERSION}
        with passing_trouble_named():
            self._client.put_item(TableName=self._table_name, Item=to_attributes(item))

    def has_ended(self, thing_id: str) -> bool:
        return self._item(end_key(thing_id)) is not None
