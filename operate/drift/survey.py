"""All that the three places tell, on file ► each thing and each device with what the other two say of it."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import Any, Self

from operate.adapters.things import ListedThing
from operate.drift.comparison import SeenSnapshot, SeenThing, Sight
from operate.scratch import scratch
from workflows.domain.device import IdentityRecord
from workflows.domain.fold import ThingState
from workflows.ports.journal import Snapshot
from workflows.schemas.codec import from_plain, to_plain
from workflows.schemas.journal import dump_state, load_state

_TABLES = (
    """CREATE TABLE things (name TEXT PRIMARY KEY, version INTEGER, type_name TEXT, stack_name TEXT,
        dev_eui TEXT) WITHOUT ROWID""",
    """CREATE TABLE snapshots (thing_id TEXT PRIMARY KEY, thing_name TEXT, at TEXT, device_id TEXT,
        state TEXT) WITHOUT ROWID""",
    "CREATE INDEX snapshots_by_name ON snapshots (thing_name, at)",
    "CREATE INDEX snapshots_by_device ON snapshots (device_id)",
    "CREATE TABLE records (device_id TEXT PRIMARY KEY, record TEXT) WITHOUT ROWID",
)
_THING = "t.name, t.version, t.type_name, t.stack_name, t.dev_eui"
_NO_THING = "NULL, NULL, NULL, NULL, NULL"
_SNAPSHOT = "h.thing_id, h.thing_name, h.state"
_RECORD = "r.record"
# A name may have been borne by several things, and ListThings tells no ID: the latest is taken for the living one.
# If several have a device, each is looked at for itself, as one whose thing is gone.
_LIVING = f"""SELECT {_THING}, {_SNAPSHOT}, {_RECORD} FROM things t
    LEFT JOIN snapshots h
        ON h.thing_id = (SELECT thing_id FROM snapshots WHERE thing_name = t.name ORDER BY at DESC LIMIT 1)
    LEFT JOIN records r ON r.device_id = h.device_id"""
_LEFT = f"""SELECT {_NO_THING}, {_SNAPSHOT}, {_RECORD} FROM snapshots h
    LEFT JOIN records r ON r.device_id = h.device_id
    WHERE h.device_id IS NOT NULL AND (
        NOT EXISTS (SELECT 1 FROM things WHERE name = h.thing_name)
        OR EXISTS (SELECT 1 FROM snapshots WHERE thing_name = h.thing_name
            AND device_id IS NOT NULL AND thing_id <> h.thing_id))"""
_UNOWNED = f"""SELECT {_NO_THING}, NULL, NULL, NULL, {_RECORD} FROM records r
    WHERE NOT EXISTS (SELECT 1 FROM snapshots WHERE device_id = r.device_id)"""


class Survey:
    """What is read twice counts once, since pages may shift while they are read.

    ``thing_type_name`` is the type under which things were listed.
    """

    def __init__(self, database: sqlite3.Connection, thing_type_name: str) -> None:
        self._database = database
        self._thing_type_name = thing_type_name

    @classmethod
    @contextmanager
    def opened(cls, thing_type_name: str) -> Iterator[Self]:
        with scratch(*_TABLES) as database:
            yield cls(database, thing_type_name)

    def add_record(self, record: IdentityRecord) -> None:
        row = (record.ids.device_id, json.dumps(to_plain(record)))
        self._database.execute("INSERT OR REPLACE INTO records VALUES (?, ?)", row)

    def add_snapshot(self, snapshot: Snapshot) -> None:
        state = json.dumps(dump_state(snapshot.state))
        row = (snapshot.thing_id, snapshot.thing_name, snapshot.at.isoformat(), owned_id(snapshot.state), state)
        self._database.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?)", row)

    def add_listed(self, thing: ListedThing) -> None:
        seen = SeenThing.of(thing.name, thing.version, self._thing_type_name, thing.attributes)
        row = (seen.name, seen.version, seen.type_name, seen.stack_name, seen.dev_eui)
        self._database.execute("INSERT OR REPLACE INTO things VALUES (?, ?, ?, ?, ?)", row)

    def sights(self) -> Iterator[Sight]:
        """Return every thing, then what gone things have left, then devices that no thing has."""
        return map(_sight, chain.from_iterable(self._database.execute(each) for each in (_LIVING, _LEFT, _UNOWNED)))


def owned_id(state: ThingState) -> str | None:
    """Return the device that the thing has, or the one that an attempt may have left half-made."""
    if state.device:
        return state.device.device_id
    return state.attempt.device_ids[-1] if state.attempt else None


def _sight(row: tuple[Any, ...]) -> Sight:
    thing, snapshot, record = row[:5], row[5:8], row[8]
    return Sight(
        thing=SeenThing(*thing) if thing[0] is not None else None,
        snapshot=_snapshot(*snapshot) if snapshot[0] is not None else None,
        record=from_plain(IdentityRecord, json.loads(record), "a record") if record is not None else None,
    )


def _snapshot(thing_id: str, thing_name: str, state: str) -> SeenSnapshot:
    return SeenSnapshot(thing_id, thing_name, load_state(json.loads(state), where=f"the snapshot of THING#{thing_id}"))
