"""A database on file, for what grows with the fleet and so must not be held in memory.

No key and no code is written there; the file is the user's alone, and nothing is left of it however the command ends.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

# Without a name SQLite makes a file when its cache is full, and takes it out of its folder as soon as it is open.
_UNNAMED = ""


@contextmanager
def scratch(*tables: str) -> Iterator[sqlite3.Connection]:
    """Make the database with ``tables`` (CREATE TABLE statements)."""
    with closing(sqlite3.connect(_UNNAMED, isolation_level=None, check_same_thread=False)) as made:
        # Nothing here need outlive the command.
        made.execute("PRAGMA journal_mode = OFF")
        made.execute("PRAGMA synchronous = OFF")
        for table in tables:
            made.execute(table)
        yield made
