"""Permits to remove devices: a count for each hour, and what an operator granted beyond it."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from workflows.adapters.aws import transient_errors_mapped
from workflows.adapters.journal.attribute_values import to_attributes
from workflows.adapters.journal.items import EXPIRES_AT, allowance_key, hour_key
from workflows.ports.journal import Permits
from workflows.schemas.codec import Plain

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# The count of an hour is of no use after it. DynamoDB deletes it some time later.
_COUNT_LASTS = timedelta(hours=2)


class DynamoDBPermits(Permits):
    """One conditional write for each permit. If its answer is lost, boto3 writes again: then two are counted."""

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def take(self, at: datetime, *, per_hour: int) -> bool:
        return self._count(at, per_hour) or self._use_allowance(at)

    def _count(self, at: datetime, per_hour: int) -> bool:
        values: dict[str, Plain] = {":one": 1, ":limit": per_hour, ":expires_at": int((at + _COUNT_LASTS).timestamp())}
        return self._written(
            hour_key(at),
            f"SET {EXPIRES_AT} = :expires_at ADD taken :one",
            "attribute_not_exists(taken) OR taken < :limit",
            values,
        )

    def _use_allowance(self, at: datetime) -> bool:
        """DynamoDB deletes expired items late, so the condition compares the time itself."""
        values: dict[str, Plain] = {":less": -1, ":none": 0, ":now": int(at.timestamp())}
        condition = f"remaining > :none AND {EXPIRES_AT} > :now"
        return self._written(allowance_key(), "ADD remaining :less", condition, values)

    def _written(self, key: dict[str, str], update: str, condition: str, values: dict[str, Plain]) -> bool:
        try:
            with transient_errors_mapped():
                self._client.update_item(
                    TableName=self._table_name,
                    Key=to_attributes(key),
                    UpdateExpression=update,
                    ConditionExpression=condition,
                    ExpressionAttributeValues=to_attributes(values),
                )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True
