"""What an export has to say beside its table, on file: it grows with the fleet. No key is in it."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from operate.bulk.moving import Copy
from operate.scratch import scratch

_COPIES = "CREATE TABLE copies (target TEXT PRIMARY KEY, source TEXT, named TEXT) WITHOUT ROWID"
_UNMOVED = "CREATE TABLE unmoved (thing_name TEXT, attribute TEXT, reason TEXT)"


@dataclass(frozen=True, slots=True)
class Unmoved:
    """A reference that stays as it is, and why."""

    thing_name: str
    attribute: str
    reason: str


class Notes:
    """``left_out`` counts the things with keys, codes or QR codes on them."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self.left_out = 0

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator[Self]:
        with scratch(_COPIES, _UNMOVED) as database:
            yield cls(database)

    def copy(self, copy: Copy) -> str:
        """Note a secret to copy; return why it cannot be, if another one is noted under the same name."""
        insert = "INSERT OR IGNORE INTO copies VALUES (?, ?, ?)"
        if self._database.execute(insert, (copy.target, copy.source, copy.named)).rowcount:
            return ""
        [(named,)] = self._database.execute("SELECT named FROM copies WHERE target = ?", (copy.target,))
        if named == copy.named or copy.source in (named, copy.named):
            return ""
        return f"names {copy.named}, and another thing names {named}: only one of them is the ARN of {copy.source}"

    def unmoved(self, found: Unmoved) -> None:
        self._database.execute(
            "INSERT INTO unmoved VALUES (?, ?, ?)", (found.thing_name, found.attribute, found.reason)
        )

    def copies(self) -> Iterator[tuple[str, str]]:
        """Return source and target of each secret, by name."""
        yield from self._database.execute("SELECT source, target FROM copies ORDER BY target")

    def all_unmoved(self) -> Iterator[Unmoved]:
        for row in self._database.execute("SELECT thing_name, attribute, reason FROM unmoved ORDER BY rowid"):
            yield Unmoved(*row)
