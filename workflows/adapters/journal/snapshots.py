"""A thing's folded state, read in one request."""

from typing import TYPE_CHECKING

from workflows.adapters.aws import transient_errors_mapped
from workflows.adapters.journal.attribute_values import to_attributes
from workflows.adapters.journal.items import snapshot_key, state_in
from workflows.domain.fold import ThingState
from workflows.ports.journal import Snapshots

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    Item = dict[str, AttributeValueTypeDef]


class DynamoDBSnapshots(Snapshots):
    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def read(self, thing_id: str) -> ThingState:
        snapshot = self._item(snapshot_key(thing_id))
        return state_in(snapshot) if snapshot else ThingState()

    def _item(self, key: dict[str, str]) -> "Item | None":
        with transient_errors_mapped():
            found = self._client.get_item(TableName=self._table_name, Key=to_attributes(key), ConsistentRead=True)
        return found.get("Item")
