"""Puts Ingest together from its settings, once per Lambda instance."""

from functools import cache

from workflows.adapters import aws
from workflows.adapters.dead_letters import SQSDeadLetterQueue
from workflows.adapters.executions import StepFunctionsExecutions
from workflows.adapters.journal.tombstones import DynamoDBTombstones
from workflows.settings import JournalSettings, QueueSettings, RunSettings, StackSettings, load
from workflows.steps.ingest import Ingest


@cache
def ingest() -> Ingest:
    stack = load(StackSettings)
    return Ingest(
        executions=StepFunctionsExecutions(aws.stepfunctions(), load(RunSettings).state_machine_arn),
        dead_letters=SQSDeadLetterQueue(aws.sqs(), load(QueueSettings).dead_letter_queue_url),
        journal=DynamoDBTombstones(aws.dynamodb(), load(JournalSettings).journal_table),
        stack_name=stack.stack_name,
        thing_type_name=stack.thing_type_name,
    )


def stack_name() -> str:
    return load(StackSettings).stack_name
