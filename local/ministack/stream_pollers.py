"""From a table's stream into a function, as Lambda reads it: one batch at a time, in order, and in parts if some fail.

MiniStack ignores ReportBatchItemFailures and BisectBatchOnFunctionError for streams, and its poller of all queues waits
for the function.
Source: https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from local.ministack.patching import Patch, Replacement, ministack_module

Json = dict[str, Any]

# How many records the next batch of a mapping has, while batches fail.
_sizes: dict[str, int] = {}


def _service() -> Any:  # noqa: ANN401  # a module of MiniStack's
    return ministack_module("services.lambda_svc")


def _tables() -> Any:  # noqa: ANN401
    return ministack_module("services.dynamodb")


@dataclass(frozen=True, slots=True)
class Batch:
    """``position`` is that of its first record in the stream."""

    mapping: Json
    function: Json
    position: int
    records: list[Json]

    def run(self) -> None:
        """Give the function what its filter takes, and remember what is done."""
        wanted = _service()._apply_filter_criteria(self.records, self.mapping)
        result = _service()._execute_function(self.function, {"Records": wanted}) if wanted else {"body": None}
        done = self._done(result)
        left = self.records[done:]
        self.mapping["LastProcessingResult"] = "FAILED" if left else "OK"
        if left and self._is_too_old(left[0]):
            stream_arn = self.mapping["EventSourceArn"]
            _service()._send_ddb_stream_failure_record(
                self.mapping, self.function, left, stream_arn, result, "MaxRecordAgeExceeded"
            )
            done, left = len(self.records), []
        _remember(self.mapping, self.position + done, left=len(left))

    def _done(self, result: Json) -> int:
        """Return how many of the records are done. The first failed one and all after it are delivered again."""
        if result.get("error"):
            return 0
        body = result.get("body")
        if "ReportBatchItemFailures" not in self.mapping.get("FunctionResponseTypes", []) or not body:
            return len(self.records)
        failed = {failure["itemIdentifier"] for failure in body["batchItemFailures"]}
        places = (at for at, record in enumerate(self.records) if record["dynamodb"]["SequenceNumber"] in failed)
        return next(places, len(self.records))

    def _is_too_old(self, record: Json) -> bool:
        most_s = int(self.mapping.get("MaximumRecordAgeInSeconds") or -1)
        return 0 < most_s < time.time() - float(record["dynamodb"]["ApproximateCreationDateTime"])


def poll() -> bool:
    """Begin the next batch of each mapping that has none under way; return whether any has begun."""
    begun = [_begin(*found) for found in _service()._iter_all_esms()]
    return any(begun)


def _begin(account_id: str, region: str, mapping: Json) -> bool:
    if not mapping.get("Enabled", True) or _is_busy(mapping["UUID"]):
        return False
    with _scope(account_id, region):
        batch = _next_batch(mapping)
        if batch is not None:
            _service()._dispatch_esm_batch(mapping["UUID"], batch.run)
        return batch is not None


def _is_busy(mapping_id: str) -> bool:
    service = _service()
    return bool(service._esm_inflight.get(mapping_id) or service._esm_backoff_until.get(mapping_id, 0) > time.time())


@contextmanager
def _scope(account_id: str, region: str) -> Iterator[None]:
    service = _service()
    account, place = service._request_account_id.set(account_id), service._request_region.set(region)
    try:
        yield
    finally:
        service._request_account_id.reset(account)
        service._request_region.reset(place)


def _next_batch(mapping: Json) -> Batch | None:
    function, _ = _service()._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
    table_name = _table_of(mapping.get("EventSourceArn", ""))
    if table_name is None or function is None:
        return None
    position = _position(table_name, mapping)
    most = _sizes.get(mapping["UUID"], mapping.get("BatchSize", 100))
    records = _tables().stream_records_since(table_name, position, most)
    return Batch(mapping, function, position, records) if records else None


def _table_of(source_arn: str) -> str | None:
    """Return the table whose stream this is; None if it is no table's, or no longer its stream."""
    if ":dynamodb:" not in source_arn:
        return None
    service = _service()
    table_name: str = service._dynamodb_stream_table_from_arn_spec(service.parse_arn(source_arn))[0]
    table = _tables()._tables.get(table_name)
    return table_name if table and table.get("LatestStreamArn") == source_arn else None


def _position(table_name: str, mapping: Json) -> int:
    """Return where the mapping reads on. What is older than a day is gone."""
    oldest: int = _tables().stream_start_position(table_name)
    from_beginning = mapping.get("StartingPosition") == "TRIM_HORIZON"
    with _service()._dynamodb_stream_positions_lock:
        first: int = oldest if from_beginning else _tables().stream_end_position(table_name)
        reached: int = _service()._dynamodb_stream_positions.setdefault(mapping["UUID"], first)
    return max(reached, oldest)


def _remember(mapping: Json, position: int, *, left: int) -> None:
    service, mapping_id = _service(), mapping["UUID"]
    _sizes.pop(mapping_id, None)
    if left:
        service._esm_backoff_until[mapping_id] = time.time() + service._ESM_BACKOFF_SECONDS
        if mapping.get("BisectBatchOnFunctionError"):
            _sizes[mapping_id] = max(1, left // 2)
    with service._dynamodb_stream_positions_lock:
        service._dynamodb_stream_positions[mapping_id] = position


def _own_poller(_original: Replacement) -> Replacement:
    return poll


PATCHES = (Patch("services.lambda_svc", "_poll_dynamodb_streams", "2b2460e933a9", _own_poller),)
