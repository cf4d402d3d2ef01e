"""All problems of a file, on disk: those of bad rows, and what rows lack whose things do not exist yet."""

from collections.abc import Iterable, Iterator
from dataclasses import astuple
from typing import ClassVar

from operate.bulk.checking import BadRow, PlannedThing
from operate.bulk.problems import RowProblem
from workflows.adapters.scratch import ScratchDatabase
from workflows.values import value

# ``thing_name`` is there if the problem is none once the thing exists.
_PROBLEMS = """CREATE TABLE problems (
    line INTEGER, col TEXT, text TEXT, device TEXT, value TEXT, instead TEXT, unit TEXT,
    shared_value TEXT, thing_name TEXT, dev_eui TEXT)"""
_BY_THING = "CREATE INDEX by_thing ON problems (thing_name)"
_COLUMNS = "line, col, text, device, value, instead, unit"
# Problems are equal if they read the same; what a row may say instead is its own.
_KEY = "col, text, shared_value"


@value
class ProblemGroup:
    """The rows with one problem; ``first`` are those that are shown."""

    count: int
    first: tuple[RowProblem, ...]


class ProblemList(ScratchDatabase):
    TABLES: ClassVar[tuple[str, ...]] = (_PROBLEMS, _BY_THING)

    def add(self, row: PlannedThing | BadRow) -> None:
        if isinstance(row, BadRow):
            self._insert(row.problems)
        self._insert(row.missing, row.thing_name, row.dev_eui)

    def thing_exists(self, thing_name: str) -> None:
        """Remove the problems that a thing has only if it is yet to be created."""
        self._database.execute("DELETE FROM problems WHERE thing_name = ?", (thing_name,))

    def depend_on_things(self) -> Iterator[tuple[str, str]]:
        """Return names and DevEUIs of the things whose existence would remove problems."""
        found = self._database.execute("SELECT DISTINCT thing_name, dev_eui FROM problems WHERE thing_name <> ''")
        return iter(found.fetchall())

    def count_things(self) -> int:
        return len(list(self.depend_on_things()))

    def are_certain(self) -> bool:
        """Return whether there are problems that do not depend on what exists."""
        return bool(self._database.execute("SELECT 1 FROM problems WHERE thing_name = '' LIMIT 1").fetchone())

    def bad_rows(self) -> int:
        [(count,)] = self._database.execute("SELECT count(DISTINCT line) FROM problems")
        return int(count)

    def all(self) -> Iterator[RowProblem]:
        """Return the problems by line."""
        for row in self._database.execute(f"SELECT {_COLUMNS} FROM problems ORDER BY line, rowid"):
            yield RowProblem(*row)

    def groups(self, *, largest_whole: int, shown: int) -> Iterator[ProblemGroup]:
        """Return equal problems together, up to ``shown`` of each; those of at most ``largest_whole`` rows singly."""
        grouped = self._database.execute(f"SELECT {_KEY}, count(*) FROM problems GROUP BY {_KEY}").fetchall()
        large = {key: count for *columns, count in grouped if count > largest_whole for key in [tuple(columns)]}
        seen = set()
        for problem in self.all():
            key = _key_of(problem)
            if key not in large:
                yield ProblemGroup(1, (problem,))
            elif key not in seen:
                seen.add(key)
                yield ProblemGroup(large[key], self._first(key, shown))

    def _first(self, key: tuple[str, str, str], limit: int) -> tuple[RowProblem, ...]:
        select = f"SELECT {_COLUMNS} FROM problems WHERE ({_KEY}) = (?, ?, ?) ORDER BY line LIMIT ?"
        return tuple(RowProblem(*row) for row in self._database.execute(select, (*key, limit)))

    def _insert(self, problems: Iterable[RowProblem], thing_name: str = "", dev_eui: str = "") -> None:
        rows = [(*astuple(each), *_key_of(each)[2:], thing_name, dev_eui) for each in problems]
        self._database.executemany("INSERT INTO problems VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _key_of(problem: RowProblem) -> tuple[str, str, str]:
    return problem.column, problem.text, "" if problem.instead else problem.value
