"""Puts together, once per Lambda instance, what decides whose a device is."""

from functools import cache

from workflows.adapters import aws
from workflows.adapters.journal.owners import DynamoDBOwners
from workflows.adapters.runs import StepFunctionsRuns
from workflows.adapters.things import IoTThings
from workflows.settings import JournalSettings, RunSettings, load
from workflows.steps.ownership import Ownership


@cache
def ownership() -> Ownership:
    return Ownership(
        DynamoDBOwners(aws.dynamodb(), load(JournalSettings).journal_table),
        StepFunctionsRuns(aws.stepfunctions(), load(RunSettings).state_machine_arn),
        IoTThings(aws.iot()),
    )
