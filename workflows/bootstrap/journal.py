"""Puts together, once per Lambda instance, what writes the journal."""

from functools import cache

from workflows.adapters import aws
from workflows.adapters.journal.table import DynamoDBJournal
from workflows.settings import JournalSettings, load


@cache
def journal() -> DynamoDBJournal:
    return DynamoDBJournal(aws.dynamodb(), load(JournalSettings).journal_table)
