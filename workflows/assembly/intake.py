"""Puts Ingest together from its settings, once per Lambda instance."""

from functools import cache

from workflows.adapters import aws
from workflows.adapters.dead_letters import DeadLetterQueue
from workflows.assembly.journal import executions, journal
from workflows.settings import QueueSettings, StackSettings, load
from workflows.steps.ingest import Ingest


@cache
def ingest() -> Ingest:
    stack = load(StackSettings)
    return Ingest(
        executions=executions(),
        dead_letters=DeadLetterQueue(aws.sqs(), load(QueueSettings).dead_letter_queue_url),
        journal=journal(),
        stack_name=stack.stack_name,
        thing_type_name=stack.thing_type_name,
    )
