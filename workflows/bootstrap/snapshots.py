"""Puts together, once per Lambda instance, what only reads the state of a thing."""

from functools import cache

from workflows.adapters import aws
from workflows.adapters.journal.snapshots import DynamoDBSnapshots
from workflows.settings import JournalSettings, load


@cache
def snapshots() -> DynamoDBSnapshots:
    return DynamoDBSnapshots(aws.dynamodb(), load(JournalSettings).journal_table)
