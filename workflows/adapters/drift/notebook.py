"""All that a run that reconciles knows, in one file: it can be taken elsewhere."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Self

from workflows.adapters.drift.ledger import Ledger
from workflows.adapters.drift.survey import Survey
from workflows.domain.drift.reconciling import Phase
from workflows.ports.reconciling import Notebook

_PLACE = (
    "CREATE TABLE IF NOT EXISTS place (phase TEXT, place TEXT, scrubbed INTEGER, scrubbed_to TEXT, waiting INTEGER)"
)
_BEGIN = "INSERT INTO place SELECT 'devices', '', 0, NULL, 0 WHERE NOT EXISTS (SELECT 1 FROM place)"


class FileNotebook(Notebook):
    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._survey, self._ledger = Survey.on(database), Ledger.on(database)
        database.execute(_PLACE)
        database.execute(_BEGIN)

    @classmethod
    @contextmanager
    def opened(cls, path: str) -> Iterator[Self]:
        with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as database:
            yield cls(database)

    @property
    def survey(self) -> Survey:
        return self._survey

    @property
    def ledger(self) -> Ledger:
        return self._ledger

    def place(self) -> tuple[Phase, str]:
        found: tuple[Phase, str] = self._database.execute("SELECT phase, place FROM place").fetchone()
        return found

    def keep_place(self, phase: Phase, place: str) -> None:
        self._database.execute("UPDATE place SET phase = ?, place = ?", (phase, place))

    def scrubbed(self) -> int:
        [(count,)] = self._database.execute("SELECT scrubbed FROM place")
        return int(count)

    def scrubbed_to(self) -> str | None:
        [(after,)] = self._database.execute("SELECT scrubbed_to FROM place")
        return None if after is None else str(after)

    def count_scrubbed(self, count: int, after: str) -> None:
        self._database.execute("UPDATE place SET scrubbed = scrubbed + ?, scrubbed_to = ?", (count, after))

    def waiting(self) -> int:
        [(count,)] = self._database.execute("SELECT waiting FROM place")
        return int(count)

    def count_waiting(self, count: int) -> None:
        self._database.execute("UPDATE place SET waiting = ?", (count,))

    @contextmanager
    def together(self) -> Iterator[None]:
        """Without this every row would be a write of its own. Nothing is rolled back: who fails gives the file up."""
        self._database.execute("BEGIN")
        yield
        self._database.execute("COMMIT")
