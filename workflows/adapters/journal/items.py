"""The table's items: a thing's facts and its snapshot, the owner of each device ID, and how many devices were removed.

Only snapshots are in the indexes: an item is in ByStatus if it has ``status`` and ``at``, in ByThingName if it has
``thing_name`` and ``at``, in ByDevEui if it has ``dev_eui``. So a fact has no ``thing_name``, an owner no ``at``, and
neither a ``dev_eui``.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from workflows.adapters.journal.attribute_values import from_attributes, to_attributes
from workflows.adapters.journal.registered import owner_key, registered_part
from workflows.domain.device import DeviceIds
from workflows.domain.fold import ThingState, dev_eui_of, device_concerned, status_of
from workflows.errors import UnknownFactError
from workflows.ports.journal import Entry, Owner, Recorded, Reservation, Snapshot
from workflows.schemas.codec import Plain
from workflows.schemas.journal import VERSION, dump_fact, dump_state, load_fact, load_state

if TYPE_CHECKING:
    from mypy_boto3_dynamodb.type_defs import AttributeValueTypeDef

    Item = dict[str, AttributeValueTypeDef]

FACT = "FACT#"
REMOVALS = "REMOVALS"
RECONCILE = "RECONCILE"
# The table's time to live: seconds since 1970, after which DynamoDB deletes an item.
EXPIRES_AT = "expires_at"


def stream_key(thing_id: str) -> str:
    return f"THING#{thing_id}"


def thing_of(item: "Mapping[str, AttributeValueTypeDef]") -> str:
    """Return the ID of the thing whose stream the item is in."""
    return item["pk"]["S"].removeprefix(stream_key(""))


def snapshot_key(thing_id: str) -> dict[str, str]:
    return {"pk": stream_key(thing_id), "sk": "SNAPSHOT"}


def tombstone_key(thing_id: str) -> dict[str, str]:
    return {"pk": stream_key(thing_id), "sk": "TOMBSTONE"}


def fact_key(thing_id: str, number: int) -> dict[str, str]:
    return {"pk": stream_key(thing_id), "sk": f"{FACT}{number:012}"}


def hour_key(at: datetime) -> dict[str, str]:
    """Return the key of the count of removals in the hour of ``at``."""
    return {"pk": REMOVALS, "sk": f"HOUR#{at.astimezone(UTC):%Y-%m-%dT%H}"}


def allowance_key() -> dict[str, str]:
    return {"pk": REMOVALS, "sk": "ALLOWANCE"}


def reconcile_key(what: str) -> dict[str, str]:
    """Return the key of what runs that reconcile leave for the next."""
    return {"pk": RECONCILE, "sk": what}


def fact_item(entry: Entry) -> "Item":
    """Write the fact, and beside it what a reader of the table's stream cannot read elsewhere."""
    key = fact_key(entry.thing_id, entry.before.facts)
    device_id = device_concerned(entry.before, entry.fact)
    about: dict[str, Plain] = {"thing_name": entry.thing_name, **({"device_id": device_id} if device_id else {})}
    return to_attributes({**key, "at": _iso(entry.at), "about": about, "fact": dump_fact(entry.fact)})


def snapshot_item(entry: Entry, after: ThingState) -> "Item":
    dev_eui = dev_eui_of(after)
    return to_attributes(
        {
            **snapshot_key(entry.thing_id),
            "thing_id": entry.thing_id,
            "thing_name": entry.thing_name,
            "status": status_of(after),
            "at": _iso(entry.at),
            "facts": after.facts,
            **({"dev_eui": dev_eui} if dev_eui else {}),
            "state": dump_state(after),
        }
    )


def owner_item(device_id: str, owner: Owner, registered: DeviceIds | None = None) -> "Item":
    """``registered``: the device, once its thing has registered it."""
    holder = {"thing_id": owner.thing_id, "thing_name": owner.thing_name}
    return to_attributes({**owner_key(device_id), "version": VERSION, **holder, **registered_part(registered)})


def reservation_item(reservation: Reservation) -> "Item":
    """An owner item with the device beside it, which the thing's first fact writes over."""
    owner = owner_item(reservation.ids.device_id, Owner(reservation.thing_id, reservation.thing_name))
    device: dict[str, Plain] = {
        "dev_eui": reservation.ids.dev_eui,
        "join_eui": reservation.ids.join_eui,
        "run": reservation.run,
    }
    return owner | to_attributes({"reserved": device})


def state_in(snapshot: "Mapping[str, AttributeValueTypeDef]") -> ThingState:
    item = from_attributes(snapshot)
    return load_state(item["state"], where=_where(item))


def snapshot_in(snapshot: "Mapping[str, AttributeValueTypeDef]") -> Snapshot:
    item = from_attributes(snapshot)
    state = load_state(item["state"], where=_where(item))
    return Snapshot(item["thing_id"], item["thing_name"], datetime.fromisoformat(item["at"]), item["status"], state)


def recorded_in(fact: "Mapping[str, AttributeValueTypeDef]") -> Recorded:
    item = from_attributes(fact)
    number = int(item["sk"].removeprefix(FACT))
    return Recorded(number, datetime.fromisoformat(item["at"]), load_fact(item["fact"], where=_where(item)))


def owner_in(owner: "Mapping[str, AttributeValueTypeDef]") -> Owner:
    item = from_attributes(owner)
    if item.get("version") != VERSION:
        raise UnknownFactError(
            f"{_where(item)} is of version {item.get('version')}, which this version of Thingsync does not know. "
            "Deploy the newer version that wrote it, then redrive."
        )
    return Owner(item["thing_id"], item["thing_name"], is_reserved="reserved" in item)


def reservation_in(owner: "Mapping[str, AttributeValueTypeDef]", device_id: str) -> Reservation | None:
    """Return the reservation in the owner item; None if it has none. Raise as ``owner_in``."""
    holder, device = owner_in(owner), from_attributes(owner).get("reserved")
    if device is None:
        return None
    ids = DeviceIds(device_id, device["dev_eui"], device["join_eui"])
    return Reservation(holder.thing_id, holder.thing_name, ids, device["run"])


def _where(item: Mapping[str, Any]) -> str:
    return f"{item['sk']} of {item['pk']}"


def _iso(at: datetime) -> str:
    """Write every time in the same length: texts then sort by time."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
