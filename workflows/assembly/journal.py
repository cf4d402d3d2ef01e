"""Puts together, once per Lambda instance, what reads and writes the journal."""

from functools import cache

from workflows.adapters import aws
from workflows.adapters.executions import StepFunctionsExecutions
from workflows.adapters.iot_registry import IoTThingRegistry
from workflows.adapters.journal import DynamoDBJournal
from workflows.settings import JournalSettings, RunSettings, load
from workflows.steps.ownership import Ownership


@cache
def journal() -> DynamoDBJournal:
    return DynamoDBJournal(aws.dynamodb(), load(JournalSettings).journal_table)


@cache
def ownership() -> Ownership:
    return Ownership(journal(), executions(), things())


@cache
def executions() -> StepFunctionsExecutions:
    return StepFunctionsExecutions(aws.stepfunctions(), load(RunSettings).state_machine_arn)


@cache
def things() -> IoTThingRegistry:
    return IoTThingRegistry(aws.iot())
