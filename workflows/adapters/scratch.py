"""Temporary databases on disk, for what grows with the fleet and must not be held in memory.

They hold no key and no code. Only the user can read the file, and nothing of it is left, however the command ends.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import ClassVar, Self

# For an empty name SQLite creates a file when its cache is full, and unlinks it as soon as it is open.
_UNNAMED = ""


class ScratchDatabase:
    """``TABLES`` are the CREATE statements of a subclass."""

    TABLES: ClassVar[tuple[str, ...]] = ()

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database

    @classmethod
    @contextmanager
    def opened(cls) -> Iterator[Self]:
        with closing(sqlite3.connect(_UNNAMED, isolation_level=None, check_same_thread=False)) as database:
            yield cls.on(database)

    @classmethod
    def on(cls, database: sqlite3.Connection) -> Self:
        """Make the tables, unless they are there. The data need not survive a crash."""
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        for table in cls.TABLES:
            database.execute(table)
        return cls(database)
