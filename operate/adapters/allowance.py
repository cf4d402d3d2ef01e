"""The allowance for removals beyond the stack's DeletionsPerHour: granted, read and taken back."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from workflows.adapters.aws import transient_errors_mapped
from workflows.adapters.journal.attribute_values import from_attributes, to_attributes
from workflows.adapters.journal.items import EXPIRES_AT, allowance_key, hour_key

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

# A moved message may wait for runs of its thing for an hour. What is left then must not allow a later mistake.
LASTS = timedelta(hours=2)


class Allowance:
    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def grant(self, count: int, *, until: datetime) -> None:
        """Allow ``count`` removals beyond those of the hour. An earlier allowance is replaced, never added to."""
        item = to_attributes({**allowance_key(), "remaining": count, EXPIRES_AT: int(until.timestamp())})
        with transient_errors_mapped():
            self._client.put_item(TableName=self._table_name, Item=item)

    def end(self) -> None:
        """Take back what is left."""
        with transient_errors_mapped():
            self._client.delete_item(TableName=self._table_name, Key=to_attributes(allowance_key()))

    def taken(self, now: datetime) -> int:
        """Return how many devices were removed in the hour of ``now``."""
        with transient_errors_mapped():
            found = self._client.get_item(
                TableName=self._table_name, Key=to_attributes(hour_key(now)), ConsistentRead=True
            )
        return int(from_attributes(found["Item"])["taken"]) if "Item" in found else 0
