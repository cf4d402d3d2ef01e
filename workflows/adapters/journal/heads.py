"""Where a thing stands, in one request."""

from typing import TYPE_CHECKING

from workflows.adapters.aws import passing_trouble_named
from workflows.adapters.journal.attribute_values import to_attributes
from workflows.adapters.journal.items import head_key, state_in
from workflows.domain.fold import ThingState
from workflows.ports.journal import Heads

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    Item = dict[str, AttributeValueTypeDef]


class DynamoDBHeads(Heads):
    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def read(self, thing_id: str) -> ThingState:
        head = self._item(head_key(thing_id))
        return state_in(head) if head else ThingState()

    def _item(self, key: dict[str, str]) -> "Item | None":
        with passing_trouble_named():
            found = self._client.get_item(TableName=self._table_name, Key=to_attributes(key), ConsistentRead=True)
        return found.get("Item")
