"""Puts together, once per Lambda instance, what only looks where a thing stands."""

from functools import cache

from workflows.adapters import aws
from workflows.adapters.journal.snapshots import DynamoDBSnapshots
from workflows.settings import JournalSettings, load


@cache
def snapshots() -> DynamoDBSnapshots:
    return DynamoDBSnapshots(aws.dynamodb(), load(JournalSettings).journal_table)
