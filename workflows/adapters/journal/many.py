"""The journal for a comparison: snapshots of many things with one call."""

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from workflows.adapters.journal.attribute_values import to_attributes
from workflows.adapters.journal.history import DynamoDBHistory
from workflows.adapters.journal.items import snapshot_in, snapshot_key
from workflows.domain.batches import batches
from workflows.ports.journal import JournalReader, Snapshot

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import KeysAndAttributesTypeDef

# BatchGetItem takes at most this many keys.
SNAPSHOTS_AT_ONCE = 100
_PAUSE_S = 0.2


class DynamoDBJournalReader(DynamoDBHistory, JournalReader):
    def __init__(self, client: "DynamoDBClient", table_name: str, sleep: Callable[[float], None]) -> None:
        super().__init__(client, table_name)
        self._sleep = sleep

    def snapshots(self, thing_ids: Iterable[str]) -> Iterator[Snapshot]:
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
                self._sleep(_PAUSE_S)
