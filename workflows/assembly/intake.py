"""Puts Ingest together from its settings, once per Lambda instance."""

from functools import cache

from workflows.adapters import aws
from workflows.adapters.dead_letters import DeadLetterQueue
from workflows.adapters.executions import StepFunctionsExecutions
from workflows.settings import QueueSettings, StackSettings, load
from workflows.steps.ingest import Ingest


@cache
def ingest() -> Ingest:
    stack, queues = load(StackSettings), load(QueueSettings)
    return Ingest(
        executions=StepFunctionsExecutions(aws.stepfunctions(), queues.state_machine_arn),
        dead_letters=DeadLetterQueue(aws.sqs(), queues.dead_letter_queue_url),
        stack_name=stack.stack_name,
        thing_type_name=stack.thing_type_name,
    )
