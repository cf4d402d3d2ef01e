"""Ingest: one queue message ► at most one run of the state machine per change."""

from workflows.domain.event import RegistryEvent, may_be_of_type, relevance
from workflows.domain.intake import IntakeResult, IntakeStatus, Message
from workflows.domain.naming import execution_name, retry_name
from workflows.errors import InvalidEventError, RegistryUnavailableError, UnknownFactError
from workflows.ports.journal import Tombstones
from workflows.ports.runs import DeadLetterQueue, Executions
from workflows.schemas.message import read_message
from workflows.values import value

# Read the snapshot, write the tombstone, read the snapshot again; start a run, describe it, start one under another
# name. Ingest's timeout depends on it.
CALLS_AT_MOST = 6


@value
class Ingest:
    """``stack_name`` and ``thing_type_name`` define which things belong to this stack."""

    executions: Executions
    dead_letters: DeadLetterQueue
    journal: Tombstones
    stack_name: str
    thing_type_name: str

    def start_run_for(self, message: Message) -> IntakeResult:
        """Start a run for ``message``, unless the event is not ours or was handled before.

        An unreadable message goes straight to the dead-letter queue with the error's name: another delivery would not
        make it readable.

        Raises:
            RegistryThrottledError: Step Functions throttled; SQS must deliver the message again.
        """
        try:
            text, event = read_message(message.body)
        except InvalidEventError as error:
            self.dead_letters.put(message.body, error)
            return IntakeResult("unreadable", str(error))
        found = relevance(event, stack_name=self.stack_name, thing_type_name=self.thing_type_name)
        if found != "ours" and not self._may_have_been_ours(event):
            return IntakeResult("ignored", found, event)
        return IntakeResult(*self._start(message, execution_name(event), text), event)

    def _may_have_been_ours(self, event: RegistryEvent) -> bool:
        """Return whether the thing belonged to this stack before; its event alone does not show that.

        The CREATED of a deleted thing may still be on its way. A run that accepts it after the second read here finds
        the tombstone. A thing of another type leaves none: an account may have millions, and none was ever ours.
        """
        if event.operation == "CREATED":
            return False
        if self._is_in_journal(event.thing_id):
            return True
        if event.operation == "DELETED" and may_be_of_type(event, self.thing_type_name):
            self.journal.write_tombstone(event.thing_id)
            return self._is_in_journal(event.thing_id)
        return False

    def _is_in_journal(self, thing_id: str) -> bool:
        """Return whether the journal has facts of the thing. If a newer version wrote them, the run will fail."""
        try:
            return self.journal.read(thing_id).facts > 0
        except UnknownFactError:
            return True

    def _start(self, message: Message, name: str, text: str) -> tuple[IntakeStatus, str]:
        """Start a run. One too many does no harm: Dispatch lets it wait for the other, and then skips the duplicate."""
        if self.executions.start(name, text):
            return "started", name
        if message.execution_arn is None and self.executions.works_or_succeeded(name):
            return "duplicate", f"{name} runs or has succeeded"
        again = retry_name(name, message.message_id)
        if self.executions.start(again, text):
            return "started", again
        return "duplicate", f"{again} was started for this delivery"


def ensure_time_left(remaining_ms: int, *, call_timeout_s: float) -> None:
    """Refuse a message if the function could time out while it handles it.

    Raises:
        RegistryUnavailableError: SQS must deliver the message again.
    """
    if remaining_ms < CALLS_AT_MOST * call_timeout_s * 1000:
        raise RegistryUnavailableError("Step Functions answered too slowly: this batch has no time left for the event.")
