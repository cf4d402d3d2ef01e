"""The things of one import, on disk: each with its outcome. Finds duplicates in a CSV file, and writes the report."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from operate.bulk.checking import PlannedThing
from operate.bulk.columns import THING_NAME
from operate.safe_output import open_output, write_table
from operate.scratch import ScratchDatabase

RowOutcome = Literal["not reached", "created", "registered", "adopted", "rejected", "failed", "removed", "conflict"]

REPLACED = "characters that AWS IoT does not allow became _"
_THINGS = """CREATE TABLE things (
    line INTEGER PRIMARY KEY, thing_name TEXT UNIQUE, device_id TEXT UNIQUE,
    note TEXT, thing_id TEXT, found_id TEXT DEFAULT '', differs INTEGER DEFAULT 0,
    outcome TEXT DEFAULT 'not reached', reason TEXT DEFAULT '')"""
# Also of bad rows, so that all duplicates are reported at once.
_SEEN = "CREATE TABLE seen (dev_eui TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID"


@dataclass(frozen=True, slots=True)
class RegisterEntry:
    """``device_id`` as the thing requests it, later as registered; ``thing_id`` is empty until the thing exists."""

    line: int
    thing_name: str
    device_id: str
    outcome: RowOutcome
    reason: str
    thing_id: str = ""


class Register(ScratchDatabase):
    TABLES: ClassVar[tuple[str, ...]] = (_THINGS, _SEEN)

    def duplicate_line(self, dev_eui: str, line: int) -> int:
        """Record a DevEUI; return the line that had it before, 0 if none had."""
        insert = "INSERT OR IGNORE INTO seen VALUES (?, ?)"
        if self._database.execute(insert, (dev_eui, line)).rowcount:
            return 0
        [found] = self._database.execute("SELECT line FROM seen WHERE dev_eui = ?", (dev_eui,))
        return int(found[0])

    def add(self, thing: PlannedThing) -> dict[str, int]:
        """Record ``thing``. If its name or device ID is a duplicate, return which one, with the earlier line."""
        note = f"{', '.join(thing.replaced)}: {REPLACED}" if thing.replaced else ""
        insert = "INSERT OR IGNORE INTO things (line, thing_name, device_id, note) VALUES (?, ?, ?, ?)"
        if self._database.execute(insert, (thing.line, thing.thing_name, thing.device_id, note)).rowcount:
            return {}
        found = {
            "deviceID": self._line_of("device_id", thing.device_id),
            THING_NAME: self._line_of("thing_name", thing.thing_name),
        }
        return {name: line for name, line in found.items() if line}

    def record_created(self, line: int, thing_id: str) -> None:
        self._database.execute(
            "UPDATE things SET thing_id = ?, outcome = 'created', reason = note WHERE line = ?", (thing_id, line)
        )

    def differing(self) -> list[RegisterEntry]:
        """Return the adopted devices that do not have all values of their rows."""
        return self._entries("WHERE outcome = 'adopted' AND differs ORDER BY line")

    def record_outcome(
        self, line: int, outcome: RowOutcome, reason: str = "", *, device_id: str = "", differs: bool = False
    ) -> None:
        """Record the outcome of a thing and its device. Without a reason, the note of its row stays."""
        self._database.execute(
            "UPDATE things SET outcome = ?, reason = coalesce(nullif(?, ''), note), found_id = ?, differs = ? "
            "WHERE line = ?",
            (outcome, reason, device_id, differs, line),
        )

    def waiting(self, *, after_line: int, limit: int) -> list[RegisterEntry]:
        """Return created things without an outcome."""
        return self._entries("WHERE outcome = 'created' AND line > ? ORDER BY line LIMIT ?", after_line, limit)

    def entries(self) -> Iterator[RegisterEntry]:
        """Read all entries by line, a thousand at a time."""
        after_line = 0
        while page := self._entries("WHERE line > ? ORDER BY line LIMIT 1000", after_line):
            yield from page
            after_line = page[-1].line

    def counts(self) -> dict[RowOutcome, int]:
        return dict(self._database.execute("SELECT outcome, count(*) FROM things GROUP BY outcome"))

    def replaced(self) -> int:
        """Count the rows in which characters were replaced."""
        [(count,)] = self._database.execute("SELECT count(*) FROM things WHERE note <> ''")
        return int(count)

    def _line_of(self, column: str, value: str) -> int:
        found = self._database.execute(f"SELECT line FROM things WHERE {column} = ?", (value,)).fetchone()
        return found[0] if found else 0

    def _entries(self, which: str, *values: int) -> list[RegisterEntry]:
        device_id = "coalesce(nullif(found_id, ''), device_id)"
        columns = f"line, thing_name, {device_id}, outcome, reason, coalesce(thing_id, '')"
        return [RegisterEntry(*row) for row in self._database.execute(f"SELECT {columns} FROM things {which}", values)]


_HEADER = ("line", "thing", "device", "outcome", "reason")
# What an outcome means that is not final.
_UNKNOWN: dict[RowOutcome, str] = {
    "not reached": "the import ended before this row; run the same command again",
    "created": "no outcome yet; run the same command again, or see `thingsync status`",
}


def as_row(entry: RegisterEntry) -> dict[str, str | int]:
    reason = "; ".join(filter(None, (_UNKNOWN.get(entry.outcome), entry.reason)))
    values = (entry.line, entry.thing_name, entry.device_id, entry.outcome, reason)
    return dict(zip(_HEADER, values, strict=True))


def write_report(path: Path, entries: Iterable[RegisterEntry]) -> None:
    """Raise ``WrongInputError`` if it cannot be written."""
    with open_output(path) as file:
        write_table(file, _HEADER, map(as_row, entries))
