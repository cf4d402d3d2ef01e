"""Which run reconciles, how far the fleet is scrubbed, and the notebook of a run that goes on elsewhere."""

import time
from typing import TYPE_CHECKING, Any

from workflows.adapters.aws import transient_errors_mapped
from workflows.adapters.journal.attribute_values import from_attributes, to_attributes
from workflows.adapters.journal.items import EXPIRES_AT, reconcile_key
from workflows.ports.reconciling import ReconcileRuns, Shelf

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from workflows.schemas.codec import Plain

# A run is at its end, or another has begun, long before.
_PART_LASTS_S = 2 * 24 * 60 * 60


class DynamoDBReconcileRuns(ReconcileRuns, Shelf):
    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def begin(self, run: str) -> int:
        unfinished = int(self._read("RUN").get("unfinished", 0))
        self._write("RUN", {"run": run, "unfinished": unfinished + 1})
        return unfinished

    def is_current(self, run: str) -> bool:
        return bool(self._read("RUN").get("run") == run)

    def finish(self, run: str) -> None:
        item: dict[str, Plain] = {**reconcile_key("RUN"), "run": run, "unfinished": 0}
        try:
            with transient_errors_mapped():
                self._client.put_item(
                    TableName=self._table_name,
                    Item=to_attributes(item),
                    ConditionExpression="run = :run",
                    ExpressionAttributeValues=to_attributes({":run": run}),
                )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def scrubbed_to(self) -> str:
        return str(self._read("SCRUB").get("thing_id", ""))

    def scrub_on(self, after: str) -> None:
        self._write("SCRUB", {"thing_id": after})

    def put(self, run: str, notes: bytes, part: int) -> None:
        key = reconcile_key(_part(run, part))
        item = to_attributes({**key, EXPIRES_AT: int(time.time()) + _PART_LASTS_S})
        with transient_errors_mapped():
            self._client.put_item(TableName=self._table_name, Item={**item, "notes": {"B": notes}})

    def get(self, run: str, part: int) -> bytes:
        return bytes(self._read(_part(run, part))["notes"])

    def _read(self, what: str) -> dict[str, Any]:
        with transient_errors_mapped():
            found = self._client.get_item(
                TableName=self._table_name, Key=to_attributes(reconcile_key(what)), ConsistentRead=True
            )
        return from_attributes(found.get("Item", {}))

    def _write(self, what: str, values: "dict[str, Plain]") -> None:
        with transient_errors_mapped():
            self._client.put_item(TableName=self._table_name, Item=to_attributes({**reconcile_key(what), **values}))


def _part(run: str, part: int) -> str:
    return f"NOTES#{run}#{part:06}"
