"""An append as one transaction (the fact, the snapshot and the owners), and why DynamoDB refused it.

Source of the reasons: API_TransactWriteItems.html in the DynamoDB API Reference; they come in the order of the writes.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from workflows.adapters.journal.attribute_values import to_attributes
from workflows.adapters.journal.items import fact_item, owner_in, owner_item, snapshot_item
from workflows.adapters.journal.registered import owner_key
from workflows.domain.fold import ThingState, gained, registered_device
from workflows.errors import (
    JournalMovedAnswer,
    JournalSequenceError,
    OwnerHeldAnswer,
    RegistryThrottledError,
    SyncError,
    ThingBusyError,
)
from workflows.ports.journal import Entry, Owner
from workflows.values import value

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import (
        AttributeValueTypeDef,
        ConditionCheckTypeDef,
        PutTypeDef,
        TransactWriteItemTypeDef,
    )

Write = TypeVar("Write", "PutTypeDef", "ConditionCheckTypeDef")

FAILED = "ConditionalCheckFailed"
_THROTTLED = {"ThrottlingError", "ProvisionedThroughputExceeded"}
_NEW = "attribute_not_exists(pk)"
# Reserved for this entry's thing while that was being made: the reservation has its name, and no ID yet.
_RESERVED_FOR_ME = "(thing_id = :nobody AND thing_name = :thing_name)"
_NEW_OR_MINE = f"{_NEW} OR thing_id = :thing_id OR {_RESERVED_FOR_ME}"


def counting(write: Write, facts: int) -> Write:
    """Let ``write`` succeed only if the snapshot counts ``facts`` facts. For 0 facts there must be no snapshot."""
    write["ConditionExpression"] = "facts = :facts" if facts else _NEW
    if facts:
        write["ExpressionAttributeValues"] = to_attributes({":facts": facts})
    return write


def transient_error(codes: set[str], conflict: SyncError) -> SyncError | None:
    """Return the error that a retry may cure; None if the reasons are of another kind."""
    if "TransactionConflict" in codes:
        return conflict
    return RegistryThrottledError("AWS throttled TransactWriteItems.") if codes & _THROTTLED else None


@value
class Append:
    """``after`` is the thing's state with the entry's fact."""

    table_name: str
    entry: Entry
    after: ThingState

    def writes(self) -> "list[TransactWriteItemTypeDef]":
        owners = [self._taking(device_id) for device_id in self._gained()]
        owners += [self._freeing(device_id) for device_id in self._freed()]
        return [self._fact(), self._snapshot(), *owners]

    def refusal(self, reasons: Sequence[Mapping[str, Any]]) -> SyncError | None:
        """Return why the transaction failed; None if the reason is not an expected one.

        ``JournalSequenceError`` if a fact of this number exists, but DynamoDB did not name the snapshot's condition.
        """
        fact, snapshot, *owners = reasons
        if snapshot["Code"] == FAILED:
            return self.moved()
        if fact["Code"] == FAILED:
            return self._out_of_sequence()
        return self._held(owners) or transient_error({reason["Code"] for reason in reasons}, self.conflict())

    def moved(self) -> JournalMovedAnswer:
        return JournalMovedAnswer(f"The journal of thing {self.entry.thing_name} has grown meanwhile.")

    def conflict(self) -> ThingBusyError:
        return ThingBusyError(f"Two transactions on thing {self.entry.thing_name} or its device met.")

    def _out_of_sequence(self) -> JournalSequenceError:
        number = self.entry.before.facts
        return JournalSequenceError(
            f"Fact {number} of thing {self.entry.thing_name} ({self.entry.thing_id}) is there already, but its "
            f"snapshot counts {number} facts. Nothing was overwritten. Restore the thing's items, then redrive."
        )

    def _held(self, reasons: Sequence[Mapping[str, Any]]) -> OwnerHeldAnswer | None:
        for device_id, reason in zip((*self._gained(), *self._freed()), reasons, strict=True):
            if reason["Code"] == FAILED:
                holder = owner_in(reason["Item"])
                return held_by(device_id, holder)
        return None

    def _gained(self) -> list[str]:
        return sorted(gained(self.entry.before, self.after, self.entry.fact))

    def _freed(self) -> list[str]:
        return sorted(self.entry.freed())

    def _fact(self) -> "TransactWriteItemTypeDef":
        item = fact_item(self.entry)
        return {"Put": {"TableName": self.table_name, "Item": item, "ConditionExpression": _NEW}}

    def _snapshot(self) -> "TransactWriteItemTypeDef":
        put: PutTypeDef = {"TableName": self.table_name, "Item": snapshot_item(self.entry, self.after)}
        return {"Put": counting(put, self.entry.before.facts)}

    def _taking(self, device_id: str) -> "TransactWriteItemTypeDef":
        owner = Owner(self.entry.thing_id, self.entry.thing_name)
        item = owner_item(device_id, owner, registered_device(self.after, device_id))
        return {
            "Put": {
                "TableName": self.table_name,
                "Item": item,
                "ConditionExpression": _NEW_OR_MINE,
                "ExpressionAttributeValues": self._me(),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def _freeing(self, device_id: str) -> "TransactWriteItemTypeDef":
        return {
            "Delete": {
                "TableName": self.table_name,
                "Key": to_attributes(owner_key(device_id)),
                "ConditionExpression": _NEW_OR_MINE,
                "ExpressionAttributeValues": self._me(),
                "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
            }
        }

    def _me(self) -> "dict[str, AttributeValueTypeDef]":
        return to_attributes({":thing_id": self.entry.thing_id, ":nobody": "", ":thing_name": self.entry.thing_name})


def held_by(device_id: str, owner: Owner) -> OwnerHeldAnswer:
    return OwnerHeldAnswer(
        device_id, thing_id=owner.thing_id, thing_name=owner.thing_name, is_reserved=owner.is_reserved
    )
