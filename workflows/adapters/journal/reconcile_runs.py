"""Which run reconciles and what became of it, how far the fleet is scrubbed, and the notebook of a run that goes on."""

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from workflows.adapters.aws import transient_errors_mapped
from workflows.adapters.journal.attribute_values import from_attributes, to_attributes
from workflows.adapters.journal.items import EXPIRES_AT, reconcile_key
from workflows.domain.drift.reconciling import Order, Reconciled, RunRecord, StoredRuns
from workflows.domain.drift.schedule import Watched
from workflows.errors import RegistryUnavailableError, UnexpectedAnswerError
from workflows.ports.reconciling import ReconcileRuns, RunRecords, Shelf
from workflows.schemas.codec import from_plain, to_plain

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

    from workflows.schemas.codec import Plain

# A run is at its end, or another has begun, long before.
_PART_LASTS_S = 2 * 24 * 60 * 60
_TRIES = 10


class DynamoDBReconcileRuns(ReconcileRuns, RunRecords, Shelf):
    """The item RUN has the current run, and BEFORE the one that had ended when that began."""

    def __init__(self, client: "DynamoDBClient", table_name: str) -> None:
        self._client = client
        self._table_name = table_name

    def begin(self, order: Order, at: datetime) -> None:
        """Read again what another run writes at this moment, or the time of its end would be lost."""
        record = to_plain(RunRecord(order.run, order.mode, order.scrub, begun=at, heard=at))
        for _ in range(_TRIES):
            item = self._read("RUN")
            if item.get("run") != order.run and "ended" in item.get("record", {}):
                self._write("BEFORE", {"record": item["record"]})
            if self._replaced(item, {**item, **reconcile_key("RUN"), "run": order.run, "record": record}):
                return
        raise RegistryUnavailableError("Other runs of Reconcile begin all the time, so this one cannot.")

    def is_current(self, run: str) -> bool:
        return bool(self._read("RUN").get("run") == run)

    def go_on(self, run: str, at: datetime) -> None:
        self._record(run, lambda record: replace(record, heard=at, ended=None, error=None))

    def finish(self, run: str, found: Reconciled, at: datetime) -> None:
        completed = {"completed": at.isoformat()}
        self._record(run, lambda record: replace(record, ended=at, error=None, found=found), completed)

    def fail(self, run: str, error: str, at: datetime) -> None:
        self._record(run, lambda record: replace(record, ended=at, error=error))

    def stored(self) -> StoredRuns:
        item, before = self._read("RUN"), self._read("BEFORE")
        completed = item.get("completed")
        return StoredRuns(
            _record_in(item), _record_in(before), datetime.fromisoformat(completed) if completed else None
        )

    def watched(self) -> Watched | None:
        found = self._read("WATCH")
        return from_plain(Watched, found["watched"], "the item RECONCILE/WATCH") if found else None

    def keep_watch(self, watched: Watched) -> None:
        self._write("WATCH", {"watched": to_plain(watched)})

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
        item = self._read(_part(run, part))
        if "notes" not in item:
            raise UnexpectedAnswerError(f"Part {part} of the notebook of the run {run} is not in the journal's table.")
        return bytes(item["notes"])

    def _record(
        self, run: str, change: Callable[[RunRecord], RunRecord], more: Mapping[str, str] | None = None
    ) -> None:
        item = self._read("RUN")
        record = _record_in(item)
        if record is None or record.run != run:
            return
        changed = {**item, "record": to_plain(change(record)), **(more or {})}
        self._put_if(changed, "run = :run", {":run": run})

    def _replaced(self, before: "dict[str, Plain]", after: "dict[str, Plain]") -> bool:
        """Return whether the item was still as ``before``; a run's record changes with all that is written."""
        if "record" in before:
            return self._put_if(after, "#record = :record", {":record": before["record"]}, {"#record": "record"})
        return self._put_if(after, "attribute_not_exists(#record)", {}, {"#record": "record"})

    def _put_if(
        self,
        item: "dict[str, Plain]",
        condition: str,
        values: "dict[str, Plain]",
        names: Mapping[str, str] | None = None,
    ) -> bool:
        more: dict[str, Any] = {"ExpressionAttributeValues": to_attributes(values)} if values else {}
        if names:
            more["ExpressionAttributeNames"] = names
        try:
            with transient_errors_mapped():
                self._client.put_item(
                    TableName=self._table_name, Item=to_attributes(item), ConditionExpression=condition, **more
                )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _read(self, what: str) -> dict[str, Any]:
        with transient_errors_mapped():
            found = self._client.get_item(
                TableName=self._table_name, Key=to_attributes(reconcile_key(what)), ConsistentRead=True
            )
        return from_attributes(found.get("Item", {}))

    def _write(self, what: str, values: "dict[str, Plain]") -> None:
        with transient_errors_mapped():
            self._client.put_item(TableName=self._table_name, Item=to_attributes({**reconcile_key(what), **values}))


def _record_in(item: dict[str, Any]) -> RunRecord | None:
    return from_plain(RunRecord, item["record"], "a run of RECONCILE") if "record" in item else None


def _part(run: str, part: int) -> str:
    return f"NOTES#{run}#{part:06}"
