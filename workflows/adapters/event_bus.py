"""The account's default event bus of EventBridge, for facts."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import orjson

from workflows.adapters.aws import transient_errors_mapped
from workflows.domain.publishing import FactEvent, Refusal
from workflows.ports.publishing import FactBus

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef


class EventBridgeFactBus(FactBus):
    """``source`` says which stack the events are of."""

    def __init__(self, client: "EventBridgeClient", source: str) -> None:
        self._client = client
        self._source = source

    def put(self, events: Sequence[FactEvent]) -> Refusal | None:
        """A call succeeds though single events were refused: throttling and faults of EventBridge are among them."""
        with transient_errors_mapped():
            answer = self._client.put_events(Entries=[self._entry(event) for event in events])
        refused = (
            Refusal(index, entry["ErrorCode"]) for index, entry in enumerate(answer["Entries"]) if "ErrorCode" in entry
        )
        return next(refused, None)

    def _entry(self, event: FactEvent) -> "PutEventsRequestEntryTypeDef":
        return {
            "Source": self._source,
            "DetailType": event.name,
            "Detail": orjson.dumps(event.detail).decode(),
            "Time": datetime.fromisoformat(event.at),
        }
