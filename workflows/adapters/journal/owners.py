"""Which thing owns a device ID, and freeing one."""

from workflows.adapters.aws import passing_trouble_named
from workflows.adapters.journal.freeing import Freeing
from workflows.adapters.journal.heads import DynamoDBHeads
from workflows.adapters.journal.items import owner_in, owner_key
from workflows.ports.journal import Owner, Owners


class DynamoDBOwners(DynamoDBHeads, Owners):
    def owner(self, device_id: str) -> Owner | None:
        item = self._item(owner_key(device_id))
        return owner_in(item) if item else None

    def free(self, device_id: str, owner: Owner, *, facts: int) -> None:
        freeing = Freeing(self._table_name, device_id, owner, facts)
        try:
            with passing_trouble_named():
                self._client.transact_write_items(TransactItems=freeing.writes())
        except self._client.exceptions.TransactionCanceledException as error:
            codes = [reason["Code"] for reason in error.response["CancellationReasons"]]
            if refusal := freeing.refusal(codes):
                raise refusal from error
            if not freeing.is_needless(codes):
                raise
        except self._client.exceptions.TransactionInProgressException as error:
            raise freeing.conflict() from error
