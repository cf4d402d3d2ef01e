"""Puts Dispatch together from its settings, once per Lambda instance."""

from functools import cache

from workflows.adapters import aws
from workflows.adapters.journal.permits import DynamoDBPermits
from workflows.adapters.runs import StepFunctionsRuns
from workflows.adapters.things import IoTThings
from workflows.bootstrap.journal import journal
from workflows.domain.decision import Policies, StackRules
from workflows.domain.planning import StackDefaults
from workflows.settings import DecisionSettings, JournalSettings, RunSettings, load
from workflows.steps.dispatch import Dispatcher


@cache
def dispatcher() -> Dispatcher:
    settings = load(DecisionSettings)
    return Dispatcher(
        journal=journal(),
        runs=StepFunctionsRuns(aws.stepfunctions(), load(RunSettings).state_machine_arn),
        things=IoTThings(aws.iot()),
        rules=StackRules(
            settings.stack_name,
            load(StackDefaults),
            Policies(retains=settings.delete_policy == "Retain", writes_adopted=settings.adopted_devices == "Write"),
            deletions_per_hour=int(settings.deletions_per_hour),
        ),
        permits=DynamoDBPermits(aws.dynamodb(), load(JournalSettings).journal_table),
    )
