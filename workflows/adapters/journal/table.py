"""Appends to the journal: the fact, the snapshot and the owners in one transaction."""

from workflows.adapters.aws import transient_errors_mapped
from workflows.adapters.journal.owners import DynamoDBOwners
from workflows.adapters.journal.tombstones import DynamoDBTombstones
from workflows.adapters.journal.transaction import Append
from workflows.domain.fold import ThingState, evolve
from workflows.errors import JournalSequenceError, SyncError
from workflows.ports.journal import Entry, Journal


class DynamoDBJournal(DynamoDBOwners, DynamoDBTombstones, Journal):
    def append(self, entry: Entry) -> ThingState:
        """Raise ``JournalSequenceError`` if the stream holds a fact that the snapshot does not count.

        If an answer gets lost, boto3 calls again with the same ClientRequestToken, and DynamoDB writes nothing twice.
        """
        append = Append(self._table_name, entry, evolve(entry.before, entry.before.facts, entry.fact))
        try:
            with transient_errors_mapped():
                self._client.transact_write_items(TransactItems=append.writes())
        except self._client.exceptions.TransactionCanceledException as error:
            if refusal := append.refusal(error.response["CancellationReasons"]):
                raise self._confirmed(refusal, append) from error
            raise
        except self._client.exceptions.TransactionInProgressException as error:
            raise append.conflict() from error
        return append.after

    def _confirmed(self, refusal: SyncError, append: Append) -> SyncError:
        """DynamoDB need not name every condition that failed, so ask the snapshot before calling the stream broken."""
        if not isinstance(refusal, JournalSequenceError):
            return refusal
        before = append.entry.before
        return refusal if self.read(append.entry.thing_id).facts == before.facts else append.moved()
