"""What a letter in the dead-letter queue is, and whether a redrive can help it. Pure."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from operate.views.served import is_served
from operate.views.times import iso
from workflows.domain.event import RegistryEvent, Relevance
from workflows.domain.fold import ThingState
from workflows.domain.report import Failure, advice
from workflows.errors import InvalidEventError
from workflows.schemas.message import read_message

Kind = Literal["failed run", "not started", "rule failure", "no event"]
Helps = Literal["yes", "once mended", "no need", "no"]


@dataclass(frozen=True, slots=True)
class Seen:
    """``error_name`` is what brought it here; ``event`` is None if there is none to read, ``whose`` it is."""

    message_id: str
    kind: Kind
    error_name: str
    sent_at: datetime
    event: RegistryEvent | None = field(default=None, repr=False)
    execution_arn: str | None = None
    whose: Relevance = "ours"

    def helps(self, state: ThingState) -> Helps:
        """Tell whether a redrive can do anything for it, given all that happened to its thing."""
        if self.event is None:
            return "no"
        event = self.event
        if is_served(event.operation, event.version_number, state.settled, repair=event.repair):
            return "no need"
        return "once mended" if self.kind == "failed run" else "yes"

    def is_ignored(self, state: ThingState) -> bool:
        """Tell whether Ingest starts no run for it, as for a thing that never was this stack's."""
        if self.event is None or self.whose == "ours":
            return False
        return self.event.operation == "CREATED" or state.facts == 0

    @property
    def what_to_do(self) -> str:
        match self.kind:
            case "no event":
                return "Look who sends to the queue; `thingsync dlq purge --unreadable` removes it."
            case "failed run":
                return advice(Failure(self.error_name, None))
        return "thingsync redrive starts it."


def seen(message_id: str, body: str, attributes: Mapping[str, str], sent_at: datetime) -> Seen:
    """Tell the kinds apart, as design and pipeline have them: who put the letter there left different marks."""
    arn = attributes.get("ExecutionArn")
    try:
        _, event = read_message(body)
    except InvalidEventError as error:
        return Seen(message_id, "no event", attributes.get("ErrorName", type(error).__name__), sent_at, None, arn)
    if arn:
        return Seen(message_id, "failed run", attributes.get("ErrorName", "?"), sent_at, event, arn)
    envelope = json.loads(body)
    if "base64OriginalPayload" in envelope:
        return Seen(message_id, "rule failure", _rule_error(envelope), sent_at, event)
    return Seen(message_id, "not started", attributes.get("ErrorName", "received 5 times"), sent_at, event)


def _rule_error(envelope: Mapping[str, object]) -> str:
    failures = envelope.get("failures")
    first = failures[0] if isinstance(failures, list) and failures else {}
    return str(first.get("errorMessage", "") if isinstance(first, Mapping) else "") or "the IoT rule failed"


def letter_json(letter: Seen, state: ThingState) -> dict[str, object]:
    event = letter.event
    return {
        "messageId": letter.message_id,
        "kind": letter.kind,
        "error": letter.error_name,
        "sentAt": iso(letter.sent_at),
        "thingName": event.thing_name if event else None,
        "thingId": event.thing_id if event else None,
        "operation": event.operation if event else None,
        "versionNumber": event.version_number if event else None,
        "executionArn": letter.execution_arn,
        "redriveHelps": letter.helps(state),
        "whatToDo": letter.what_to_do,
    }
