"""The operator's connection to one stack. Each part is read when it is first needed."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

from operate.adapters.account import alias_of
from operate.adapters.aws import Clients
from operate.adapters.journal import JournalPages
from operate.adapters.queues import Queue
from operate.adapters.run_histories import RunHistories
from operate.adapters.stacks import Resource, Stack, find_stack, resources_of
from operate.adapters.things import ThingsOfType
from operate.adapters.things_stack import transport_of
from operate.views.place import Place, is_this_machine
from workflows.adapters.runs import StepFunctionsRuns
from workflows.adapters.things_stack import Transport
from workflows.domain.scope import StackScope
from workflows.ports.runs import Runs


@dataclass(frozen=True)
class Operator:
    clients: Clients
    stack_name: str

    @cached_property
    def stack(self) -> Stack:
        return find_stack(self.clients.cloudformation, self.stack_name)

    @cached_property
    def place(self) -> Place:
        """Read the account's alias while the stack is read, so that nobody waits for it."""
        endpoint_url = self.clients.cloudformation.meta.endpoint_url
        if is_this_machine(endpoint_url):
            return Place(self.stack.arn, endpoint_url, self.clients.is_local)
        iam = self.clients.iam  # a session creates one client at a time
        with ThreadPoolExecutor(1) as pool:
            alias = pool.submit(alias_of, iam)
            return Place(self.stack.arn, endpoint_url, self.clients.is_local, alias.result())

    @cached_property
    def resources(self) -> list[Resource]:
        return resources_of(self.clients.cloudformation, self.stack_name)

    def physical_ids(self, kind: str) -> list[str]:
        """Return the names of the stack's resources of a CloudFormation type."""
        return [each.physical_id for each in self.resources if each.kind == kind]

    @cached_property
    def transport(self) -> Transport:
        """Raise as ``transport_of``."""
        return transport_of(self.stack, self.clients.secretsmanager)

    @cached_property
    def queue(self) -> Queue:
        return Queue(self.clients.sqs, self.stack.queue_url)

    @cached_property
    def dead_letters(self) -> Queue:
        return Queue(self.clients.sqs, self.stack.dead_letter_queue_url)

    @cached_property
    def activity(self) -> Queue:
        return Queue(self.clients.sqs, self.stack.activity_queue_url)

    @cached_property
    def journal(self) -> JournalPages:
        return JournalPages(self.clients.dynamodb, self.stack.journal_table)

    @cached_property
    def things(self) -> ThingsOfType:
        return ThingsOfType(self.clients.iot, self.stack.thing_type_name)

    @property
    def scope(self) -> StackScope:
        return StackScope(self.stack_name, self.stack.thing_type_name)

    @cached_property
    def runs(self) -> Runs:
        return StepFunctionsRuns(self.clients.stepfunctions, self.stack.state_machine_arn)

    @cached_property
    def run_histories(self) -> RunHistories:
        return RunHistories(self.clients.stepfunctions, self.stack.state_machine_arn)
