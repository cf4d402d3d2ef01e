"""Which thing owns a device ID, and freeing one."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import ClientError

from workflows.adapters.aws import code_of, transient_errors_mapped
from workflows.adapters.journal.attribute_values import to_attributes
from workflows.adapters.journal.freeing import Freeing
from workflows.adapters.journal.items import owner_in, reservation_in
from workflows.adapters.journal.registered import owner_key
from workflows.adapters.journal.snapshots import DynamoDBSnapshots
from workflows.errors import ThingBusyError
from workflows.ports.journal import Owner, Owners, Reservation


@contextmanager
def owner_errors_mapped(device_id: str) -> Iterator[None]:
    """Raise transient errors as ours; ``ThingBusyError`` for another transaction on the item."""
    try:
        with transient_errors_mapped():
            yield
    except ClientError as error:
        if code_of(error) == "TransactionConflictException":
            raise ThingBusyError(f"A transaction on the owner of device {device_id} is under way.") from error
        raise


class DynamoDBOwners(DynamoDBSnapshots, Owners):
    def owner(self, device_id: str) -> Owner | None:
        item = self._item(owner_key(device_id))
        return owner_in(item) if item else None

    def reservation(self, device_id: str) -> Reservation | None:
        item = self._item(owner_key(device_id))
        return reservation_in(item, device_id) if item else None

    def unreserve(self, device_id: str, owner: Owner) -> None:
        """Raise ``ThingBusyError`` if a transaction on the owner item was under way."""
        try:
            with owner_errors_mapped(device_id):
                self._client.delete_item(
                    TableName=self._table_name,
                    Key=to_attributes(owner_key(device_id)),
                    ConditionExpression="thing_id = :id AND thing_name = :name AND attribute_exists(reserved)",
                    ExpressionAttributeValues=to_attributes({":id": owner.thing_id, ":name": owner.thing_name}),
                )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def free(self, device_id: str, owner: Owner, *, facts: int) -> None:
        freeing = Freeing(self._table_name, device_id, owner, facts)
        try:
            with transient_errors_mapped():
                self._client.transact_write_items(TransactItems=freeing.writes())
        except self._client.exceptions.TransactionCanceledException as error:
            codes = [reason["Code"] for reason in error.response["CancellationReasons"]]
            if refusal := freeing.refusal(codes):
                raise refusal from error
            if not freeing.is_needless(codes):
                raise
        except self._client.exceptions.TransactionInProgressException as error:
            raise freeing.conflict() from error
