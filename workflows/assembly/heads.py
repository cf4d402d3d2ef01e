"""Puts together, once per Lambda instance, what only looks where a thing stands."""

from functools import cache

from workflows.adapters import aws
from workflows.adapters.journal.heads import DynamoDBHeads
from workflows.settings import JournalSettings, load


@cache
def heads() -> DynamoDBHeads:
    return DynamoDBHeads(aws.dynamodb(), load(JournalSettings).journal_table)
