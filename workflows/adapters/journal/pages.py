"""The snapshots of all things, a page at a time."""

import json
from typing import Any, get_args

from workflows.adapters.aws import transient_errors_mapped
from workflows.adapters.journal.history import BY_STATUS, DynamoDBHistory
from workflows.adapters.journal.items import snapshot_in
from workflows.domain.fold import Status
from workflows.domain.pages import FIRST, Page
from workflows.ports.journal import Snapshot

_STATUSES: tuple[Status, ...] = get_args(Status)


class DynamoDBSnapshotPages(DynamoDBHistory):
    def page(self, place: str) -> Page[Snapshot]:
        """Read status by status; a page may be empty and have a next."""
        number, start = json.loads(place) if place != FIRST else (0, None)
        query: dict[str, Any] = {**self._latest_first(BY_STATUS, "status", _STATUSES[number])}
        if start:
            query["ExclusiveStartKey"] = start
        with transient_errors_mapped():
            page = self._client.query(**query)
        snapshots = list(map(snapshot_in, page["Items"]))
        if key := page.get("LastEvaluatedKey"):
            return Page(snapshots, json.dumps([number, key]))
        return Page(snapshots, json.dumps([number + 1, None]) if number + 1 < len(_STATUSES) else None)
