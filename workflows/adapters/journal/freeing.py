"""Freeing the device ID of another thing: one transaction, which fails if that thing has changed meanwhile."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from workflows.adapters.journal.attribute_values import to_attributes
from workflows.adapters.journal.items import snapshot_key
from workflows.adapters.journal.registered import owner_key
from workflows.adapters.journal.transaction import FAILED, counting, transient_error
from workflows.errors import SyncError, ThingBusyError
from workflows.ports.journal import Owner
from workflows.values import value

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import ConditionCheckTypeDef, TransactWriteItemTypeDef


@value
class Freeing:
    """``facts`` is how many facts the owner's snapshot counted when it was read."""

    table_name: str
    device_id: str
    owner: Owner
    facts: int

    def writes(self) -> "list[TransactWriteItemTypeDef]":
        return [self._unmoved(), self._freed()]

    def refusal(self, codes: Sequence[str]) -> SyncError | None:
        """Return why the transaction failed; None if the reason is not an expected one."""
        if codes[0] == FAILED:
            return ThingBusyError(f"Thing {self.owner.thing_name}, which has device {self.device_id}, has just moved.")
        return transient_error(set(codes), self.conflict())

    def is_needless(self, codes: Sequence[str]) -> bool:
        """Return whether the ID no longer belongs to the owner."""
        return codes[1] == FAILED

    def conflict(self) -> ThingBusyError:
        return ThingBusyError(f"A transaction on the owner of device {self.device_id} is under way.")

    def _unmoved(self) -> "TransactWriteItemTypeDef":
        key = to_attributes(snapshot_key(self.owner.thing_id))
        check: ConditionCheckTypeDef = {"TableName": self.table_name, "Key": key, "ConditionExpression": ""}
        return {"ConditionCheck": counting(check, self.facts)}

    def _freed(self) -> "TransactWriteItemTypeDef":
        return {
            "Delete": {
                "TableName": self.table_name,
                "Key": to_attributes(owner_key(self.device_id)),
                "ConditionExpression": "thing_id = :thing_id",
                "ExpressionAttributeValues": to_attributes({":thing_id": self.owner.thing_id}),
            }
        }
