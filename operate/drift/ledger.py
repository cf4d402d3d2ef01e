"""The findings of a reconciliation, on file, since there may be as many as devices."""

import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple
from typing import Self

from operate.drift.findings import Finding, Kind
from operate.scratch import scratch

_FINDINGS = """CREATE TABLE findings (
    kind TEXT, text TEXT, thing_name TEXT, thing_id TEXT, device_id TEXT, repair TEXT)"""


class Ledger:
    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator[Self]:
        with scratch(_FINDINGS) as database:
            yield cls(database)

    def add(self, finding: Finding) -> None:
        self._database.execute("INSERT INTO findings VALUES (?, ?, ?, ?, ?, ?)", astuple(finding))

    def counts(self) -> Counter[Kind]:
        return Counter(dict(self._database.execute("SELECT kind, count(*) FROM findings GROUP BY kind")))

    def of_kind(self, kind: Kind, limit: int) -> list[Finding]:
        return self._findings("WHERE kind = ? LIMIT ?", kind, limit)

    def repairable(self) -> int:
        [(count,)] = self._database.execute("SELECT count(*) FROM findings WHERE repair IS NOT NULL")
        return int(count)

    def repairs(self) -> Iterator[Finding]:
        """Read what can be repaired, one at a time."""
        for row in self._database.execute("SELECT * FROM findings WHERE repair IS NOT NULL"):
            yield Finding(*row)

    def all(self) -> Iterator[Finding]:
        for row in self._database.execute("SELECT * FROM findings ORDER BY rowid"):
            yield Finding(*row)

    def _findings(self, which: str, *values: object) -> list[Finding]:
        return [Finding(*row) for row in self._database.execute(f"SELECT * FROM findings {which}", values)]
