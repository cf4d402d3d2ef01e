"""Ingest: one queue message ► at most one run of the state machine per change."""

from dataclasses import dataclass

from workflows.domain.event import RegistryEvent, relevance
from workflows.domain.intake import IntakeResult, IntakeStatus, Message
from workflows.domain.naming import execution_name, retry_name
from workflows.errors import InvalidEventError, RegistryUnavailableError, UnknownFactError
from workflows.ports import DeadLetterQueue, Executions
from workflows.ports.journal import Tombstones
from workflows.schemas.message import read_message

# The snapshot read, the tombstone written, the snapshot read again, start, describe, start under another name. Ingest's
# timeout rests on it.
CALLS_AT_MOST = 6


@dataclass(frozen=True, slots=True)
class Ingest:
    """``stack_name`` and ``thing_type_name`` tell which things are ours."""

    executions: Executions
    dead_letters: DeadLetterQueue
    journal: Tombstones
    stack_name: str
    thing_type_name: str

    def take(self, message: Message) -> IntakeResult:
        """Start the run that ``message`` asks for, unless it is not ours or was served before.

        A message that nobody can read goes to the dead-letter queue at once, under the error's name: receiving it
        five times would not make it readable.

        Raises:
            RegistryThrottledError: Step Functions throttled; the message must come again.
        """
        try:
            text, event = read_message(message.body)
        except InvalidEventError as error:
            self.dead_letters.put(message.body, error)
            return IntakeResult("unreadable", str(error))
        whose = relevance(event, stack_name=self.stack_name, thing_type_name=self.thing_type_name)
        if whose != "ours" and not self._may_concern(event):
            return IntakeResult("ignored", whose, event)
        return IntakeResult(*self._start(message, execution_name(event), text), event)

    def _may_concern(self, event: RegistryEvent) -> bool:
        """Tell whether a change of a thing that is not evidently ours is one of a thing that was.

        The CREATED of a thing that is deleted may still be under way: a run that accepts it after the second read of
        the snapshot here finds the tombstone.
        """
        if event.operation == "CREATED":
            return False
        if self._knows(event.thing_id):
            return True
        if event.operation == "DELETED":
            self.journal.write_tombstone(event.thing_id)
            return self._knows(event.thing_id)
        return False

    def _knows(self, thing_id: str) -> bool:
        """Tell whether the journal has facts of the thing; what it has of a newer version fails its run, by name."""
        try:
            return self.journal.read(thing_id).facts > 0
        except UnknownFactError:
            return True

    def _start(self, message: Message, name: str, text: str) -> tuple[IntakeStatus, str]:
        if self.executions.start(name, text):
            return "started", name
        if message.execution_arn is None and not self.executions.has_failed(name):
            return "duplicate", f"{name} runs or has succeeded"
        again = retry_name(name, message.message_id)
        if self.executions.start(again, text):
            return "started", again
        return "duplicate", f"this delivery was handled by {again}"


def ensure_time_left(remaining_ms: int, *, call_timeout_s: float) -> None:
    """Refuse to begin a message that the function's timeout could cut off.

    Raises:
        RegistryUnavailableError: the message must come again.
    """
    if remaining_ms < CALLS_AT_MOST * call_timeout_s * 1000:
        raise RegistryUnavailableError("Step Functions answers so slowly that this batch has no time for the event.")
