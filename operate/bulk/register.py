"""The things of one import, on file: what each is and what became of it. Knows what stands twice in a CSV file."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from operate.bulk.checking import PlannedThing
from operate.bulk.columns import THING_NAME
from operate.safe_output import to_write, write_table
from operate.scratch import scratch

Outcome = Literal["not reached", "created", "registered", "adopted", "rejected", "failed", "removed", "conflict"]

REPLACED = "characters that AWS IoT does not take became _"
_THINGS = """CREATE TABLE things (
    line INTEGER PRIMARY KEY, thing_name TEXT UNIQUE, device_id TEXT UNIQUE,
    note TEXT, thing_id TEXT, found_id TEXT DEFAULT '', differs INTEGER DEFAULT 0,
    outcome TEXT DEFAULT 'not reached', reason TEXT DEFAULT '')"""
# Of bad rows, too, so that all that stands twice is told at once.
_SEEN = "CREATE TABLE seen (dev_eui TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID"


@dataclass(frozen=True, slots=True)
class Entry:
    """``device_id`` as the thing asks for it, or as it turned out; ``thing_id`` is empty until AWS IoT has told it."""

    line: int
    thing_name: str
    device_id: str
    outcome: Outcome
    reason: str
    thing_id: str = ""


class Register:
    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator[Self]:
        with scratch(_THINGS, _SEEN) as database:
            yield cls(database)

    def seen(self, dev_eui: str, line: int) -> int:
        """Note a DevEUI; return the line on which it stood before, 0 if on none."""
        insert = "INSERT OR IGNORE INTO seen VALUES (?, ?)"
        if self._database.execute(insert, (dev_eui, line)).rowcount:
            return 0
        [found] = self._database.execute("SELECT line FROM seen WHERE dev_eui = ?", (dev_eui,))
        return int(found[0])

    def add(self, thing: PlannedThing) -> dict[str, int]:
        """Note ``thing``, unless its name or device ID stood before: then tell which, and on which line."""
        note = f"{', '.join(thing.replaced)}: {REPLACED}" if thing.replaced else ""
        insert = "INSERT OR IGNORE INTO things (line, thing_name, device_id, note) VALUES (?, ?, ?, ?)"
        if self._database.execute(insert, (thing.line, thing.thing_name, thing.device_id, note)).rowcount:
            return {}
        found = {
            "deviceID": self._line_of("device_id", thing.device_id),
            THING_NAME: self._line_of("thing_name", thing.thing_name),
        }
        return {name: line for name, line in found.items() if line}

    def created(self, line: int, thing_id: str) -> None:
        self._database.execute(
            "UPDATE things SET thing_id = ?, outcome = 'created', reason = note WHERE line = ?", (thing_id, line)
        )

    def differing(self) -> list[Entry]:
        """Return the devices that were there before and do not have what their rows say."""
        return self._entries("WHERE outcome = 'adopted' AND differs ORDER BY line")

    def settled(
        self, line: int, outcome: Outcome, reason: str = "", *, device_id: str = "", differs: bool = False
    ) -> None:
        """Note what became of a thing, and of which device; without a reason what is to be said of its row stands."""
        self._database.execute(
            "UPDATE things SET outcome = ?, reason = coalesce(nullif(?, ''), note), found_id = ?, differs = ? "
            "WHERE line = ?",
            (outcome, reason, device_id, differs, line),
        )

    def waiting(self, *, after_line: int, limit: int) -> list[Entry]:
        """Return things that are created and of which no more is known."""
        return self._entries("WHERE outcome = 'created' AND line > ? ORDER BY line LIMIT ?", after_line, limit)

    def entries(self) -> Iterator[Entry]:
        """Read all, in the order of their lines, a thousand at a time."""
        after_line = 0
        while page := self._entries("WHERE line > ? ORDER BY line LIMIT 1000", after_line):
            yield from page
            after_line = page[-1].line

    def counts(self) -> dict[Outcome, int]:
        return dict(self._database.execute("SELECT outcome, count(*) FROM things GROUP BY outcome"))

    def replaced(self) -> int:
        """Count the rows in whose name or description characters were replaced."""
        [(count,)] = self._database.execute("SELECT count(*) FROM things WHERE note <> ''")
        return int(count)

    def _line_of(self, column: str, value: str) -> int:
        found = self._database.execute(f"SELECT line FROM things WHERE {column} = ?", (value,)).fetchone()
        return found[0] if found else 0

    def _entries(self, which: str, *values: int) -> list[Entry]:
        device_id = "coalesce(nullif(found_id, ''), device_id)"
        columns = f"line, thing_name, {device_id}, outcome, reason, coalesce(thing_id, '')"
        return [Entry(*row) for row in self._database.execute(f"SELECT {columns} FROM things {which}", values)]


_HEADER = ("line", "thing", "device", "outcome", "reason")
# What it means that nothing better is known of a row.
_UNKNOWN: dict[Outcome, str] = {
    "not reached": "the import ended before; run the same command again",
    "created": "no outcome yet; look with `thingsync status`, or run the same command again",
}


def as_row(entry: Entry) -> dict[str, str | int]:
    reason = "; ".join(filter(None, (_UNKNOWN.get(entry.outcome), entry.reason)))
    values = (entry.line, entry.thing_name, entry.device_id, entry.outcome, reason)
    return dict(zip(_HEADER, values, strict=True))


def write_report(path: Path, entries: Iterable[Entry]) -> None:
    """Raise ``WrongInputError`` if it cannot be written."""
    with to_write(path) as file:
        write_table(file, _HEADER, map(as_row, entries))
