"""The findings of a reconciliation, on file, since there may be as many as devices."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import astuple
from typing import Self

from operate.drift.findings import TAKES_AWAY, Finding, Kind, Repair, of_changed_type
from operate.scratch import scratch
from operate.views.brake import NAMED, Removals
from operate.views.events import Ours

_FINDINGS = """CREATE TABLE findings (
    kind TEXT, text TEXT, thing_name TEXT, thing_id TEXT, device_id TEXT, repair TEXT, other_type TEXT,
    UNIQUE (kind, text, thing_id, device_id))"""
# Of a type that the stack had before there is a thing that has not changed since; see ``of_changed_type``.
_FORMER_TYPES = """SELECT other_type, count(*) FROM findings GROUP BY other_type
    HAVING other_type IS NOT NULL AND count(repair) < count(*)"""
_TAKING_AWAY = f"repair IN ({', '.join('?' * len(TAKES_AWAY))})"


class Ledger:
    """What is told twice counts once, since one thing may be come upon in two ways."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator[Self]:
        with scratch(_FINDINGS) as database:
            yield cls(database)

    def add(self, finding: Finding) -> None:
        self._database.execute("INSERT OR IGNORE INTO findings VALUES (?, ?, ?, ?, ?, ?, ?)", astuple(finding))

    def sum_up_types(self, ours: Ours) -> None:
        """Tell once of all things that kept the type which the stack had before, and repair none of them."""
        for type_name, count in self._database.execute(_FORMER_TYPES).fetchall():
            first = [each.thing_name or "" for each in self._findings("WHERE other_type = ? LIMIT ?", type_name, NAMED)]
            self._database.execute("DELETE FROM findings WHERE other_type = ?", (type_name,))
            self.add(of_changed_type(type_name, count, first, ours))

    def counts(self) -> Counter[Kind]:
        return Counter(dict(self._database.execute("SELECT kind, count(*) FROM findings GROUP BY kind")))

    def of_kind(self, kind: Kind, limit: int) -> list[Finding]:
        return self._findings("WHERE kind = ? LIMIT ?", kind, limit)

    def repairable(self) -> Counter[Repair | None]:
        found = "SELECT repair, count(*) FROM findings WHERE repair IS NOT NULL GROUP BY repair"
        return Counter(dict(self._database.execute(found)))

    def removals(self) -> Removals:
        """Return how many repairs take a device from its thing."""
        [(count,)] = self._database.execute(f"SELECT count(*) FROM findings WHERE {_TAKING_AWAY}", TAKES_AWAY)
        first = self._findings(f"WHERE {_TAKING_AWAY} LIMIT ?", *TAKES_AWAY, NAMED)
        return Removals(int(count), tuple(each.thing_name or "" for each in first))

    def repairs(self) -> Iterator[Finding]:
        """Read what can be repaired, one at a time."""
        return self._read("WHERE repair IS NOT NULL ORDER BY rowid")

    def all(self) -> Iterator[Finding]:
        return self._read("ORDER BY rowid")

    def _findings(self, which: str, *values: object) -> list[Finding]:
        return list(self._read(which, values))

    def _read(self, which: str, values: Iterable[object] = ()) -> Iterator[Finding]:
        return (Finding(*row) for row in self._database.execute(f"SELECT * FROM findings {which}", tuple(values)))
