"""Messages in the dead-letter queue: what each is, whether a redrive helps, and what a redrive did. Pure."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from operate.views.brake import Removals, Whose, removals
from operate.views.events import is_served
from operate.views.replay import Planned, Replayed
from operate.views.times import iso
from workflows.domain.event import RegistryEvent, Relevance
from workflows.domain.fold import ThingState, order_of
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


@dataclass(frozen=True, slots=True)
class Redriven:
    """``status`` is the move's own; ``results`` tells of those letters that were looked at before."""

    status: str
    moved: int
    results: tuple[Replayed, ...]
    left: int

    @property
    def is_under_way(self) -> bool:
        return self.status == "RUNNING"

    @property
    def is_good(self) -> bool:
        return self.status == "COMPLETED" and not self.left and all(each.is_good for each in self.results)


def expected(letters: Iterable[tuple[Seen, ThingState]]) -> list[Planned]:
    """Return the outcomes to wait for: of each thing that of its latest change, and none where no run will work on it.

    Older changes of the thing are skipped once the latest has its outcome, or have theirs before it.
    """
    waiting = defaultdict[str, list[_Waiting]](list)
    for letter, state in letters:
        if letter.event and letter.helps(state) != "no need" and not letter.is_ignored(state):
            waiting[letter.event.thing_id].append(_Waiting(letter.event, letter.error_name, state.facts))
    return [_latest(messages) for messages in waiting.values()]


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A message of a thing of which the journal has so many ``facts``."""

    event: RegistryEvent
    error_name: str
    facts: int

    @property
    def order(self) -> tuple[bool, int]:
        return order_of(self.event.operation, self.event.version_number)


def _latest(messages: Sequence[_Waiting]) -> Planned:
    """Several may ask for the latest change, as after a replay that failed, too."""
    latest = max(messages, key=lambda each: (each.order, each.event.repair))
    count = sum(each.order == latest.order for each in messages)
    return Planned(latest.event.thing_name, "send", latest.error_name, latest.event, latest.facts, count)


def removals_of(messages: Iterable[tuple[Seen, ThingState]], whose: Whose, *, unseen: int) -> Removals:
    """Count the things that lose their devices by a redrive; what could not be looked at may be anything."""
    found = ((each.event, state) for each, state in messages if each.event and each.helps(state) != "no need")
    return replace(removals(found, whose), unseen=unseen)


def kinds(letters: Sequence[tuple[Seen, ThingState]]) -> list[tuple[str, str, str, int]]:
    """Count letters by kind, error and whether a redrive helps, the most first."""
    counted = Counter((letter.kind, letter.error_name, letter.helps(state)) for letter, state in letters)
    return [(*which, count) for which, count in counted.most_common()]


def outcomes(results: Iterable[Replayed]) -> Counter[str]:
    return Counter(each.outcome for each in results)


def redrive_json(redriven: Redriven) -> dict[str, object]:
    return {
        "status": redriven.status.lower(),
        "moved": redriven.moved,
        "outcomes": dict(outcomes(redriven.results)),
        "notWell": [
            {"thingName": each.planned.thing_name, "outcome": each.outcome, "error": each.error_name}
            for each in redriven.results
            if not each.is_good
        ],
        "deadLetters": redriven.left,
    }
