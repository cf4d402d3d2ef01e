"""The journal in a DynamoDB table."""

from workflows.adapters.journal.table import DynamoDBJournal

__all__ = ["DynamoDBJournal"]
