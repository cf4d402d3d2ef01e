"""Who runs a command, on which stack, and what it is made of; looked up when it is first needed."""

from dataclasses import dataclass
from functools import cached_property

from operate.adapters.aws import Clients
from operate.adapters.journal import JournalPages
from operate.adapters.queues import Queue
from operate.adapters.stacks import Resource, Stack, find_stack, resources_of
from operate.views.events import Ours
from workflows.adapters.journal.history import DynamoDBHistory
from workflows.adapters.runs import StepFunctionsRuns
from workflows.domain.event import RegistryEvent, Relevance
from workflows.ports import Runs
from workflows.ports.journal import History


@dataclass(frozen=True)
class Operator:
    clients: Clients
    stack_name: str

    @cached_property
    def stack(self) -> Stack:
        return find_stack(self.clients.cloudformation, self.stack_name)

    @cached_property
    def resources(self) -> list[Resource]:
        return resources_of(self.clients.cloudformation, self.stack_name)

    def physical_ids(self, kind: str) -> list[str]:
        """Return the names of the stack's resources of a CloudFormation type."""
        return [each.physical_id for each in self.resources if each.kind == kind]

    @cached_property
    def queue(self) -> Queue:
        return Queue(self.clients.sqs, self.stack.queue_url)

    @cached_property
    def dead_letters(self) -> Queue:
        return Queue(self.clients.sqs, self.stack.dead_letter_queue_url)

    @cached_property
    def history(self) -> History:
        return DynamoDBHistory(self.clients.dynamodb, self.stack.journal_table)

    @cached_property
    def journal(self) -> JournalPages:
        """The journal for questions about many things."""
        return JournalPages(self.clients.dynamodb, self.stack.journal_table)

    @property
    def ours(self) -> Ours:
        return Ours(self.stack_name, self.stack.thing_type_name)

    def whose(self, event: RegistryEvent) -> Relevance:
        return self.ours.whose(event)

    @cached_property
    def runs(self) -> Runs:
        return StepFunctionsRuns(self.clients.stepfunctions, self.stack.state_machine_arn)
