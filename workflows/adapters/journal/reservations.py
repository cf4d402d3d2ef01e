"""Reserving a device ID for a thing that is made from its device."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workflows.adapters.journal.attribute_values import to_attributes
from workflows.adapters.journal.items import owner_in, reservation_item
from workflows.adapters.journal.owners import DynamoDBOwners, owner_errors_mapped
from workflows.adapters.journal.transaction import held_by
from workflows.ports.journal import Reservation, Reservations

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

_RESERVED = "thing_id = :nobody AND thing_name = :thing_name"


class DynamoDBReservations(DynamoDBOwners, Reservations):
    """Plain writes: there is no fact to write before the thing is there."""

    def reserve(self, reservation: Reservation) -> None:
        try:
            with owner_errors_mapped(reservation.ids.device_id):
                self._client.put_item(
                    TableName=self._table_name,
                    Item=reservation_item(reservation),
                    ConditionExpression=f"attribute_not_exists(pk) OR ({_RESERVED})",
                    ExpressionAttributeValues=_reserved_for(reservation.thing_name),
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            answer: Mapping[str, Any] = error.response
            raise held_by(reservation.ids.device_id, owner_in(answer["Item"])) from error

    def bind(self, reservation: Reservation) -> None:
        try:
            with owner_errors_mapped(reservation.ids.device_id):
                self._client.put_item(
                    TableName=self._table_name,
                    Item=reservation_item(reservation),
                    ConditionExpression=_RESERVED,
                    ExpressionAttributeValues=_reserved_for(reservation.thing_name),
                )
        except self._client.exceptions.ConditionalCheckFailedException:
            return


def _reserved_for(thing_name: str) -> "dict[str, AttributeValueTypeDef]":
    return to_attributes({":nobody": "", ":thing_name": thing_name})
