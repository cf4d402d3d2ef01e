"""The things of one import, on disk: each with what is to do and its outcome. Also finds duplicates in the file."""

from collections.abc import Iterable, Iterator
from typing import ClassVar, Literal

from operate.bulk.checking import PlannedThing
from operate.bulk.columns import THING_NAME
from operate.errors import WrongInputError
from workflows.adapters.scratch import ScratchDatabase
from workflows.values import value

# What the import does about a row: a conflict is left as it is.
Action = Literal["add", "change", "unchanged", "conflict"]
RowOutcome = Literal[
    "not reached",
    "created",
    "updated",
    "unchanged",
    "registered",
    "adopted",
    "rejected",
    "failed",
    "removed",
    "conflict",
]
# The thing is as the row says; its device may not be yet.
WRITTEN: tuple[RowOutcome, ...] = ("created", "updated", "unchanged")
_PENDING = (*WRITTEN, "not reached")

REPLACED = "characters that AWS IoT does not allow became _"
_THINGS = """CREATE TABLE things (
    line INTEGER PRIMARY KEY, thing_name TEXT UNIQUE, device_id TEXT UNIQUE,
    may_exist INTEGER DEFAULT 1, is_new INTEGER DEFAULT 0, action TEXT DEFAULT 'add', version INTEGER DEFAULT 0,
    written TEXT DEFAULT '', change TEXT DEFAULT '',
    thing_id TEXT, found_name TEXT DEFAULT '', found_id TEXT DEFAULT '', differs INTEGER DEFAULT 0,
    outcome TEXT DEFAULT 'not reached', reason TEXT DEFAULT '')"""
# What things cannot hold of what the file says; a text is the same for all rows that it is about.
_WARNINGS = "CREATE TABLE warnings (line INTEGER, text TEXT)"
_BY_LINE = "CREATE INDEX by_line ON warnings (line)"
# Also of bad rows, so that all duplicates are reported at once.
_SEEN = "CREATE TABLE seen (dev_eui TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID"
# Only DevEUIs that the file has.
_HOLDERS = "CREATE TABLE holders (dev_eui TEXT, thing_name TEXT, PRIMARY KEY (dev_eui, thing_name)) WITHOUT ROWID"
# The thing that the row is about.
_NAME = "coalesce(nullif(found_name, ''), thing_name)"
_IS_WRITTEN = "outcome IN ('created', 'updated', 'unchanged')"


@value
class RegisterEntry:
    """``device_id`` as the thing requests it, later as registered; ``thing_id`` is empty until the thing is known."""

    line: int
    thing_name: str
    device_id: str
    outcome: RowOutcome
    reason: str
    thing_id: str = ""
    action: Action = "add"
    warning: str = ""


@value
class RowPlan:
    """What to do about a row: ``attributes`` names what is written to the thing's ``version``, ``change`` shows it.

    ``reason`` is why the thing is left as it is, although it differs. ``thing_name`` is the thing that was found by
    the row's DevEUI; empty if the row is about the thing of its own name. ``notes`` say what was not compared.
    """

    action: Action
    thing_id: str = ""
    version: int = 0
    attributes: tuple[str, ...] = ()
    change: str = ""
    reason: str = ""
    thing_name: str = ""
    notes: tuple[str, ...] = ()


@value
class ThingGroup:
    """Things about which there is the same to say; ``first`` are the names that are shown."""

    text: str
    count: int
    first: tuple[str, ...]


class Register(ScratchDatabase):
    TABLES: ClassVar[tuple[str, ...]] = (_THINGS, _WARNINGS, _BY_LINE, _SEEN, _HOLDERS)

    def duplicate_line(self, dev_eui: str, line: int) -> int:
        """Record a DevEUI; return the line that had it before, 0 if none had."""
        insert = "INSERT OR IGNORE INTO seen VALUES (?, ?)"
        if self._database.execute(insert, (dev_eui, line)).rowcount:
            return 0
        [found] = self._database.execute("SELECT line FROM seen WHERE dev_eui = ?", (dev_eui,))
        return int(found[0])

    def add(self, thing: PlannedThing) -> dict[str, int]:
        """Record ``thing``. If its name or device ID is a duplicate, return which one, with the earlier line."""
        insert = "INSERT OR IGNORE INTO things (line, thing_name, device_id) VALUES (?, ?, ?)"
        if self._database.execute(insert, (thing.line, thing.thing_name, thing.device_id)).rowcount:
            replaced = (f"{', '.join(thing.replaced)}: {REPLACED}",) if thing.replaced else ()
            self.warn(thing.line, (*replaced, *thing.warnings))
            return {}
        found = {
            "deviceID": self._line_of("device_id", thing.device_id),
            THING_NAME: self.line_naming(thing.thing_name),
        }
        return {name: line for name, line in found.items() if line}

    def warn(self, line: int, texts: Iterable[str]) -> None:
        self._database.executemany("INSERT INTO warnings VALUES (?, ?)", [(line, text) for text in texts])

    def warnings(self, *, shown: int) -> Iterator[ThingGroup]:
        """Return the things by equal warnings, the most frequent first, without those of replaced characters."""
        which = "things JOIN warnings USING (line) WHERE text NOT LIKE ?"
        return self._grouped("text", which, f"%{REPLACED}", shown, by="warnings.rowid")

    def line_naming(self, thing_name: str) -> int:
        """Return the line whose own or default name this is, 0 if there is none."""
        return self._line_of("thing_name", thing_name)

    def dev_euis(self) -> list[str]:
        """Return the DevEUIs of all rows, also of bad ones."""
        return [dev_eui for (dev_eui,) in self._database.execute("SELECT dev_eui FROM seen ORDER BY line")]

    def record_listed(self, things: Iterable[tuple[str, str]]) -> None:
        """Record that none of the things exists but those that are listed, with their DevEUIs."""
        self._database.execute("UPDATE things SET may_exist = 0")
        for thing_name, dev_eui in things:
            self._database.execute("UPDATE things SET may_exist = 1 WHERE thing_name = ?", (thing_name,))
            self.record_holder(thing_name, dev_eui)
        held = "SELECT line FROM seen JOIN holders USING (dev_eui)"
        self._database.execute(f"UPDATE things SET is_new = 1 WHERE NOT may_exist AND line NOT IN ({held})")

    def record_holder(self, thing_name: str, dev_eui: str) -> None:
        """Record that the thing may have the DevEUI; one that no row has is not stored."""
        insert = "INSERT OR IGNORE INTO holders SELECT dev_eui, ? FROM seen WHERE dev_eui = ?"
        self._database.execute(insert, (thing_name, dev_eui))

    def holders(self, dev_eui: str) -> tuple[str, ...]:
        """Name the things that may have the DevEUI."""
        select = "SELECT thing_name FROM holders WHERE dev_eui = ? ORDER BY thing_name"
        return tuple(name for (name,) in self._database.execute(select, (dev_eui,)))

    def may_exist(self, thing_name: str) -> bool:
        found = self._database.execute("SELECT may_exist FROM things WHERE thing_name = ?", (thing_name,)).fetchone()
        return found is None or bool(found[0])

    def is_new(self, line: int) -> bool:
        """Return whether it is certain that no thing has the row's name or DevEUI: it is to be created."""
        found = self._database.execute("SELECT is_new FROM things WHERE line = ?", (line,)).fetchone()
        return found is not None and bool(found[0])

    def count_new(self) -> int:
        [(count,)] = self._database.execute("SELECT count(*) FROM things WHERE is_new")
        return int(count)

    def record_plan(self, line: int, plan: RowPlan) -> None:
        if plan.action != "add":  # what a new thing would not hold, does not matter
            self._database.execute("DELETE FROM warnings WHERE line = ? AND text NOT LIKE ?", (line, f"%{REPLACED}"))
        self.warn(line, plan.notes)
        known: RowOutcome = "unchanged" if plan.action == "unchanged" else "not reached"
        outcome = "conflict" if plan.reason else known
        self._database.execute(
            "UPDATE things SET action = ?, thing_id = ?, version = ?, written = ?, change = ?, outcome = ?, "
            "reason = ?, found_name = ? WHERE line = ?",
            (
                *(plan.action, plan.thing_id, plan.version, " ".join(plan.attributes), plan.change),
                *(outcome, plan.reason, plan.thing_name, line),
            ),
        )

    def plan_of(self, thing: PlannedThing) -> RowPlan:
        """Raise ``WrongInputError`` if there is no plan, because the file has changed."""
        columns = "action, coalesce(thing_id, ''), version, written, found_name"
        select = f"SELECT {columns} FROM things WHERE line = ? AND thing_name = ?"
        found = self._database.execute(select, (thing.line, thing.thing_name)).fetchone()
        if found is None:
            raise WrongInputError(f"The file changed during the import: line {thing.line} is another one. Start again.")
        action, thing_id, version, written, found_name = found
        return RowPlan(action, thing_id, version, tuple(written.split()), thing_name=found_name)

    def actions(self) -> dict[Action, int]:
        return dict(self._database.execute("SELECT action, count(*) FROM things GROUP BY action"))

    def changes(self, action: Action, *, shown: int) -> Iterator[ThingGroup]:
        """Return the things of an action by equal changes, the most frequent first."""
        return self._grouped("change", "things WHERE action = ?", action, shown)

    def record_written(self, line: int, outcome: RowOutcome, thing_id: str) -> None:
        """Record that the thing is as the row says; ``outcome`` is one of ``WRITTEN``."""
        self._database.execute("UPDATE things SET thing_id = ?, outcome = ? WHERE line = ?", (thing_id, outcome, line))

    def differing(self) -> list[RegisterEntry]:
        """Return the adopted devices that do not have all values of their rows."""
        return self._entries("WHERE outcome = 'adopted' AND differs ORDER BY line")

    def record_outcome(
        self, line: int, outcome: RowOutcome, reason: str = "", *, device_id: str = "", differs: bool = False
    ) -> None:
        """Record the outcome of a thing and its device."""
        self._database.execute(
            "UPDATE things SET outcome = ?, reason = ?, found_id = ?, differs = ? WHERE line = ?",
            (outcome, reason, device_id, differs, line),
        )

    def waiting(self, *, after_line: int, limit: int) -> list[RegisterEntry]:
        """Return things that are as their rows say, and have no outcome yet."""
        return self._entries(f"WHERE {_IS_WRITTEN} AND line > ? ORDER BY line LIMIT ?", after_line, limit)

    def entries(self) -> Iterator[RegisterEntry]:
        """Read all entries by line, a thousand at a time."""
        after_line = 0
        while page := self._entries("WHERE line > ? ORDER BY line LIMIT 1000", after_line):
            yield from page
            after_line = page[-1].line

    def found_by_dev_eui(self) -> tuple[int, str]:
        """Count the rows that are about things of other names, and return the first of the names."""
        [(count,)] = self._database.execute("SELECT count(*) FROM things WHERE found_name <> ''")
        first = next(iter(self._entries("WHERE found_name <> '' ORDER BY line LIMIT 1")), None)
        return count, first.thing_name if first else ""

    def conflicts(self, *, shown: int) -> list[RegisterEntry]:
        """Return the first rows that are left as they are, each with the reason."""
        return self._entries("WHERE action = 'conflict' ORDER BY line LIMIT ?", shown)

    def first_to_add(self) -> RegisterEntry | None:
        return next(iter(self._entries("WHERE action = 'add' ORDER BY line LIMIT 1")), None)

    def counts(self) -> dict[RowOutcome, int]:
        return dict(self._database.execute("SELECT outcome, count(*) FROM things GROUP BY outcome"))

    def reasons(self, outcome: RowOutcome, *, shown: int) -> Iterator[ThingGroup]:
        """Return the things of an outcome that have a reason, by equal reasons, the most frequent first."""
        select = f"SELECT reason, count(*), min({_NAME}) FROM things WHERE outcome = ? AND reason <> '' "
        grouped = f"{select} GROUP BY reason ORDER BY 2 DESC, min(line) LIMIT ?"
        found = self._database.execute(grouped, (outcome, shown))
        return (ThingGroup(reason, count, (first,)) for reason, count, first in found)

    def total(self) -> int:
        return sum(self.counts().values())

    def have_outcome(self) -> int:
        """Count the things whose outcome is known."""
        return sum(count for outcome, count in self.counts().items() if outcome not in _PENDING)

    def replaced(self) -> int:
        """Count the rows in which characters were replaced."""
        [(count,)] = self._database.execute("SELECT count(*) FROM warnings WHERE text LIKE ?", (f"%{REPLACED}",))
        return int(count)

    def _grouped(self, column: str, which: str, value: str, shown: int, *, by: str = "line") -> Iterator[ThingGroup]:
        """Return the things that ``which`` chooses, by their texts in ``column``; ``by`` sorts groups of one size."""
        counted = f"SELECT {column}, count(*) FROM {which} GROUP BY {column} ORDER BY 2 DESC, min({by})"
        for text, count in self._database.execute(counted, (value,)).fetchall():
            names = f"SELECT {_NAME} FROM {which} AND {column} = ? ORDER BY line LIMIT ?"
            first = tuple(name for (name,) in self._database.execute(names, (value, text, shown)))
            yield ThingGroup(text, count, first)

    def _line_of(self, column: str, value: str) -> int:
        found = self._database.execute(f"SELECT line FROM things WHERE {column} = ?", (value,)).fetchone()
        return found[0] if found else 0

    def _entries(self, which: str, *values: int) -> list[RegisterEntry]:
        device_id = "coalesce(nullif(found_id, ''), device_id)"
        warning = "coalesce((SELECT group_concat(text, '; ') FROM warnings WHERE warnings.line = things.line), '')"
        columns = f"line, {_NAME}, {device_id}, outcome, reason, coalesce(thing_id, ''), action, {warning}"
        return [RegisterEntry(*row) for row in self._database.execute(f"SELECT {columns} FROM things {which}", values)]
