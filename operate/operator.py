"""Who runs a command, on which stack, and what it is made of; looked up when it is first needed."""

from dataclasses import dataclass
from functools import cached_property

from operate.adapters.aws import Clients
from operate.adapters.stacks import Stack, find_stack, resources_of
from workflows.adapters.journal.history import DynamoDBHistory
from workflows.adapters.runs import StepFunctionsRuns
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
    def resources(self) -> dict[str, str]:
        return resources_of(self.clients.cloudformation, self.stack_name)

    @cached_property
    def history(self) -> History:
        return DynamoDBHistory(self.clients.dynamodb, self.stack.journal_table)

    @cached_property
    def runs(self) -> Runs:
        return StepFunctionsRuns(self.clients.stepfunctions, self.stack.state_machine_arn)
