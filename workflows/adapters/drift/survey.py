"""The contents of the three registries, on disk ► each thing and each device with what the other two have of it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any, ClassVar

from workflows.adapters.scratch import ScratchDatabase
from workflows.domain.device import IdentityRecord
from workflows.domain.drift.comparison import ComparedSnapshot, ComparedThing, Comparison, owned_id
from workflows.domain.pages import Page, every
from workflows.domain.registry_things import ListedThing
from workflows.ports.journal import Snapshot
from workflows.schemas.codec import from_plain, to_plain
from workflows.schemas.journal import dump_state, load_state

_TABLES = (
    """CREATE TABLE IF NOT EXISTS things (name TEXT PRIMARY KEY, version INTEGER, stack_name TEXT,
        dev_eui TEXT) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS things_by_dev_eui ON things (dev_eui)",
    """CREATE TABLE IF NOT EXISTS snapshots (thing_id TEXT PRIMARY KEY, thing_name TEXT, at TEXT, device_id TEXT,
        state TEXT) WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS snapshots_by_name ON snapshots (thing_name, at)",
    "CREATE INDEX IF NOT EXISTS snapshots_by_device ON snapshots (device_id)",
    "CREATE TABLE IF NOT EXISTS released (device_id TEXT PRIMARY KEY, thing_name TEXT) WITHOUT ROWID",
    "CREATE TABLE IF NOT EXISTS records (device_id TEXT PRIMARY KEY, record TEXT) WITHOUT ROWID",
)
_THING = "t.name, t.version, t.stack_name, t.dev_eui"
_NO_THING = "NULL, NULL, NULL, NULL"
_SNAPSHOT = "s.thing_id, s.thing_name, s.state"
_RECORD = "r.record, NULL"
_UNOWNED = "r.record, (SELECT min(name) FROM things WHERE dev_eui = json_extract(r.record, '$.ids.dev_eui'))"
# Several things may have had a name, and ListThings returns no ID: the latest counts as the existing one. If several
# have a device, each is also compared by itself, as if its thing were gone.
_EXISTING = f"""SELECT {_THING}, {_SNAPSHOT}, {_RECORD} FROM things t
    LEFT JOIN snapshots s
        ON s.thing_id = (SELECT thing_id FROM snapshots WHERE thing_name = t.name ORDER BY at DESC LIMIT 1)
    LEFT JOIN records r ON r.device_id = s.device_id WHERE true"""
_WITHOUT_THING = f"""SELECT {_NO_THING}, {_SNAPSHOT}, {_RECORD} FROM snapshots s
    LEFT JOIN records r ON r.device_id = s.device_id
    WHERE s.device_id IS NOT NULL AND (
        NOT EXISTS (SELECT 1 FROM things WHERE name = s.thing_name)
        OR EXISTS (SELECT 1 FROM snapshots WHERE thing_name = s.thing_name
            AND device_id IS NOT NULL AND thing_id <> s.thing_id))"""
_WITHOUT_SNAPSHOT = f"""SELECT {_NO_THING}, NULL, NULL, NULL, {_UNOWNED} FROM records r
    WHERE NOT EXISTS (SELECT 1 FROM snapshots WHERE device_id = r.device_id)"""
# All things, then devices of things that are gone, then devices without a thing; each with what they are ordered by.
_PARTS = ((_EXISTING, "t.name"), (_WITHOUT_THING, "s.thing_id"), (_WITHOUT_SNAPSHOT, "r.device_id"))
PAGE = 100
_SHARE = f"""SELECT {_THING}, {_SNAPSHOT}, {_RECORD} FROM snapshots s
    LEFT JOIN things t ON t.name = s.thing_name
    LEFT JOIN records r ON r.device_id = s.device_id
    WHERE s.device_id IS NOT NULL AND s.thing_id > ? ORDER BY s.thing_id LIMIT ?"""


class Survey(ScratchDatabase):
    """What is added twice counts once: pages may shift while they are read."""

    TABLES: ClassVar[tuple[str, ...]] = _TABLES

    def add_record(self, record: IdentityRecord) -> None:
        """Leave out the locations: the values hold the one that is compared, and the others may be large."""
        row = (record.ids.device_id, json.dumps(to_plain(replace(record, locations={}))))
        self._database.execute("INSERT OR REPLACE INTO records VALUES (?, ?)", row)

    def add_snapshot(self, snapshot: Snapshot) -> None:
        state = json.dumps(dump_state(snapshot.state))
        row = (snapshot.thing_id, snapshot.thing_name, snapshot.at.isoformat(), owned_id(snapshot.state), state)
        self._database.execute("INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?, ?)", row)
        released = [(device_id, snapshot.thing_name) for device_id in snapshot.state.retained]
        self._database.executemany("INSERT OR REPLACE INTO released VALUES (?, ?)", released)

    def add_listed(self, thing: ListedThing) -> None:
        compared = ComparedThing.of(thing.name, thing.version, None, thing.attributes)
        row = (compared.name, compared.version, compared.stack_name, compared.dev_eui)
        self._database.execute("INSERT OR REPLACE INTO things VALUES (?, ?, ?, ?)", row)

    def count_things(self) -> int:
        [(count,)] = self._database.execute("SELECT count(*) FROM things")
        return int(count)

    def count_devices(self) -> int:
        [(count,)] = self._database.execute("SELECT count(device_id) FROM snapshots")
        return int(count)

    def released_by(self, device_id: str) -> str | None:
        """Return the name of a thing that had the device and released it, so that it stays in The Things Stack."""
        found = self._database.execute("SELECT thing_name FROM released WHERE device_id = ?", (device_id,)).fetchone()
        return found[0] if found else None

    def share(self, type_name: str, after: str, limit: int) -> list[Comparison]:
        return [_comparison(row, type_name) for row in self._database.execute(_SHARE, (after, limit))]

    def comparisons(self, type_name: str) -> Iterator[Comparison]:
        """Yield what ``page`` returns, of all pages."""
        return every(partial(self.page, type_name))

    def page(self, type_name: str, place: str) -> Page[Comparison]:
        """Return things, then devices of things that are gone, then devices without a thing.

        ``type_name`` is the type of all listed things.
        """
        part, _, last = place.partition(":")
        number = int(part or 0)
        query, column = _PARTS[number]
        rows = self._database.execute(f"{query} AND {column} > ? ORDER BY {column} LIMIT ?", (last, PAGE))
        found = [_comparison(row, type_name) for row in rows]
        if len(found) == PAGE:
            return Page(found, f"{number}:{_key(found[-1])}")
        return Page(found, f"{number + 1}:" if number + 1 < len(_PARTS) else None)


def _key(comparison: Comparison) -> str:
    """Return what the comparison's part is ordered by."""
    if comparison.thing is not None:
        return comparison.thing.name
    if comparison.snapshot is not None:
        return comparison.snapshot.thing_id
    return comparison.record.ids.device_id if comparison.record else ""


def _comparison(row: tuple[Any, ...], type_name: str) -> Comparison:
    (name, version, *attributes), snapshot, (record, wanted_by) = row[:4], row[4:7], row[7:]
    return Comparison(
        thing=ComparedThing(name, version, type_name, *attributes) if name is not None else None,
        snapshot=_snapshot(*snapshot) if snapshot[0] is not None else None,
        record=from_plain(IdentityRecord, json.loads(record), "a record") if record is not None else None,
        wanted_by=wanted_by or "",
    )


def _snapshot(thing_id: str, thing_name: str, state: str) -> ComparedSnapshot:
    return ComparedSnapshot(
        thing_id, thing_name, load_state(json.loads(state), where=f"the snapshot of THING#{thing_id}")
    )
