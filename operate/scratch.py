"""A database in a file of its own, for what grows with the fleet and so must not be held in memory.

No key and no code is written there; the file is the user's alone and goes with the command.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def scratch(*tables: str) -> Iterator[sqlite3.Connection]:
    """Make the database with ``tables`` (CREATE TABLE statements)."""
    with (
        TemporaryDirectory(prefix="thingsync-", ignore_cleanup_errors=True) as folder,
        closing(
            sqlite3.connect(Path(folder) / "scratch.sqlite", isolation_level=None, check_same_thread=False)
        ) as made,
    ):
        # Nothing here need outlive the command.
        made.execute("PRAGMA journal_mode = OFF")
        made.execute("PRAGMA synchronous = OFF")
        made.execute("PRAGMA locking_mode = EXCLUSIVE")
        for table in tables:
            made.execute(table)
        yield made
