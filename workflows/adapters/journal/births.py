"""Keeping a device ID for a thing that is made from its device."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workflows.adapters.journal.attribute_values import to_attributes
from workflows.adapters.journal.items import birth_item, owner_in
from workflows.adapters.journal.owners import DynamoDBOwners, owner_trouble_named
from workflows.adapters.journal.transaction import held_by
from workflows.ports.journal import Birth, Births

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

_KEPT = "thing_id = :nobody AND thing_name = :thing_name"


class DynamoDBBirths(DynamoDBOwners, Births):
    """Plain writes: there is no fact to write before the thing is there."""

    def reserve(self, birth: Birth) -> None:
        try:
            with owner_trouble_named(birth.ids.device_id):
                self._client.put_item(
                    TableName=self._table_name,
                    Item=birth_item(birth),
                    ConditionExpression=f"attribute_not_exists(pk) OR ({_KEPT})",
                    ExpressionAttributeValues=_kept_for(birth.thing_name),
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            answer: Mapping[str, Any] = error.response
            raise held_by(birth.ids.device_id, owner_in(answer["Item"])) from error

    def bind(self, birth: Birth) -> None:
        try:
            with owner_trouble_named(birth.ids.device_id):
                self._client.put_item(
                    TableName=self._table_name,
                    Item=birth_item(birth),
                    ConditionExpression=_KEPT,
                    ExpressionAttributeValues=_kept_for(birth.thing_name),
                )
        except self._client.exceptions.ConditionalCheckFailedException:
            return


def _kept_for(thing_name: str) -> "dict[str, AttributeValueTypeDef]":
    return to_attributes({":nobody": "", ":thing_name": thing_name})
