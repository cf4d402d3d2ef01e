"""Messages in the dead-letter queue: what each is, whether a redrive helps, and what a redrive did. Pure."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import datetime
from typing import Literal

from operate.views.events import is_processed
from operate.views.replay import PlannedReplay, ReplayResult
from operate.views.times import iso
from workflows.domain.brake import Removals, removals
from workflows.domain.event import RegistryEvent, Relevance
from workflows.domain.fold import ThingState, order_of
from workflows.domain.report import Failure, advice
from workflows.domain.scope import StackScope
from workflows.errors import InvalidEventError
from workflows.schemas.message import read_message
from workflows.values import value

MessageKind = Literal["failed run", "not started", "rule failure", "no event"]
RedriveHelps = Literal["yes", "after the fix", "no need", "no"]


@value
class DeadLetteredMessage:
    """``error_name`` says why it is here; ``event`` is None if the message holds no registry event."""

    message_id: str
    kind: MessageKind
    error_name: str
    sent_at: datetime
    event: RegistryEvent | None = field(default=None, repr=False)
    execution_arn: str | None = None
    relevance: Relevance = "ours"

    def redrive_helps(self, state: ThingState) -> RedriveHelps:
        """Return whether a redrive helps, given the state of its thing."""
        if self.event is None:
            return "no"
        event = self.event
        if is_processed(event.operation, event.version_number, state.settled, repair=event.repair):
            return "no need"
        return "after the fix" if self.kind == "failed run" else "yes"

    def is_ignored(self, state: ThingState) -> bool:
        """Return whether Ingest would start no run for it, as for a thing that never was this stack's."""
        if self.event is None or self.relevance == "ours":
            return False
        return self.event.operation == "CREATED" or state.facts == 0

    @property
    def what_to_do(self) -> str:
        return self.advice_for(None)

    def advice_for(self, thing_name: str | None) -> str:
        """Say what to do, with the thing's name in the commands where there is one."""
        match self.kind:
            case "no event":
                return "Find out who sends to the queue. `thingsync dlq purge --unreadable` deletes the message."
            case "failed run":
                return advice(Failure(self.error_name, None), thing_name)
        return "Run thingsync redrive: it starts the missing run."


def classify(message_id: str, body: str, attributes: Mapping[str, str], sent_at: datetime) -> DeadLetteredMessage:
    """Return what kind of message it is: each sender to the dead-letter queue leaves different attributes."""
    arn = attributes.get("ExecutionArn")
    try:
        _, event = read_message(body)
    except InvalidEventError as error:
        error_name = attributes.get("ErrorName", type(error).__name__)
        return DeadLetteredMessage(message_id, "no event", error_name, sent_at, None, arn)
    if arn:
        return DeadLetteredMessage(message_id, "failed run", attributes.get("ErrorName", "?"), sent_at, event, arn)
    envelope = json.loads(body)
    if "base64OriginalPayload" in envelope:
        return DeadLetteredMessage(message_id, "rule failure", _rule_error(envelope), sent_at, event)
    error_name = attributes.get("ErrorName", "received 5 times")
    return DeadLetteredMessage(message_id, "not started", error_name, sent_at, event)


def _rule_error(envelope: Mapping[str, object]) -> str:
    failures = envelope.get("failures")
    first = failures[0] if isinstance(failures, list) and failures else {}
    return str(first.get("errorMessage", "") if isinstance(first, Mapping) else "") or "the IoT rule failed"


def message_json(message: DeadLetteredMessage, state: ThingState) -> dict[str, object]:
    event = message.event
    return {
        "messageId": message.message_id,
        "kind": message.kind,
        "error": message.error_name,
        "sentAt": iso(message.sent_at),
        "thingName": event.thing_name if event else None,
        "thingId": event.thing_id if event else None,
        "operation": event.operation if event else None,
        "versionNumber": event.version_number if event else None,
        "executionArn": message.execution_arn,
        "redriveHelps": message.redrive_helps(state),
        "whatToDo": message.what_to_do,
    }


@value
class RedriveResult:
    """``status`` is SQS's status of the move; ``results`` are of the messages that were read before the move."""

    status: str
    moved: int
    results: tuple[ReplayResult, ...]
    left: int

    @property
    def is_running(self) -> bool:
        return self.status == "RUNNING"

    @property
    def is_good(self) -> bool:
        return self.status == "COMPLETED" and not self.left and all(each.is_good for each in self.results)


@value
class _WaitingChange:
    """A change in a message; ``facts`` is how many facts the journal has of its thing."""

    event: RegistryEvent
    error_name: str
    facts: int

    @property
    def order(self) -> tuple[bool, int]:
        return order_of(self.event.operation, self.event.version_number)


def expected_outcomes(messages: Iterable[tuple[DeadLetteredMessage, ThingState]]) -> list[PlannedReplay]:
    """Return the outcome to wait for of each thing: that of its latest change. A change without a run has none.

    Older changes of the thing are skipped once the latest has its outcome, or they have theirs before it.
    """
    waiting = defaultdict[str, list[_WaitingChange]](list)
    for message, state in messages:
        if message.event and message.redrive_helps(state) != "no need" and not message.is_ignored(state):
            change = _WaitingChange(message.event, message.error_name, state.facts)
            waiting[message.event.thing_id].append(change)
    return [_latest(changes) for changes in waiting.values()]


def _latest(changes: Sequence[_WaitingChange]) -> PlannedReplay:
    """Several messages may ask for the latest change, for example after a replay that failed, too."""
    latest = max(changes, key=lambda each: (each.order, each.event.repair))
    count = sum(each.order == latest.order for each in changes)
    return PlannedReplay(latest.event.thing_name, "send", latest.error_name, latest.event, latest.facts, count)


def removals_of(
    messages: Iterable[tuple[DeadLetteredMessage, ThingState]], scope: StackScope, *, unread: int
) -> Removals:
    """Count the things that lose their devices by a redrive; each ``unread`` message may be a deletion."""
    found = ((each.event, state) for each, state in messages if each.event and each.redrive_helps(state) != "no need")
    return replace(removals(found, scope), unread=unread)


def count_kinds(messages: Sequence[tuple[DeadLetteredMessage, ThingState]]) -> list[tuple[str, str, str, int]]:
    """Count messages by kind, error and whether a redrive helps, the most first."""
    counted = Counter((message.kind, message.error_name, message.redrive_helps(state)) for message, state in messages)
    return [(*which, count) for which, count in counted.most_common()]


def count_outcomes(results: Iterable[ReplayResult]) -> Counter[str]:
    return Counter(each.outcome for each in results)


def redrive_json(redrive: RedriveResult) -> dict[str, object]:
    return {
        "status": redrive.status.lower(),
        "moved": redrive.moved,
        "outcomes": dict(count_outcomes(redrive.results)),
        "problems": [
            {"thingName": each.planned.thing_name, "outcome": each.outcome, "error": each.error_name}
            for each in redrive.results
            if not each.is_good
        ],
        "deadLetterQueue": redrive.left,
    }
