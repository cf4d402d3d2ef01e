"""The findings of a reconciliation, on disk: there may be as many as devices."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import astuple, replace
from typing import ClassVar

from workflows.adapters.scratch import ScratchDatabase
from workflows.domain.brake import NAMED, Removals
from workflows.domain.drift.findings import REMOVING, Finding, FindingKind, RepairKind, changed_type_finding
from workflows.domain.drift.reconciling import Done
from workflows.domain.scope import StackScope
from workflows.ports.reconciling import Numbered

_FINDINGS = """CREATE TABLE IF NOT EXISTS findings (
    kind TEXT, text TEXT, thing_name TEXT, thing_id TEXT, device_id TEXT, repair TEXT, other_type TEXT,
    method TEXT, awaited INTEGER, done TEXT, last_look TEXT,
    about TEXT AS (coalesce(thing_id, device_id, thing_name, text)), UNIQUE (kind, about))"""
_COLUMNS = "kind, text, thing_name, thing_id, device_id, repair, other_type, method, awaited"
# A type is the stack's former one if a thing of it has not changed since it was settled.
_FORMER_TYPES = """SELECT other_type, count(*) FROM findings GROUP BY other_type
    HAVING other_type IS NOT NULL AND count(repair) < count(*)"""
_REMOVING = f"repair IN ({', '.join('?' * len(REMOVING))})"


class Ledger(ScratchDatabase):
    """Of each kind a thing has one finding, and a device without a thing: the first that is added.

    One may be found in two ways, on all servers and in the lists.
    """

    TABLES: ClassVar[tuple[str, ...]] = (_FINDINGS,)

    def add(self, finding: Finding) -> None:
        self._database.execute(
            f"INSERT OR IGNORE INTO findings ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", astuple(finding)
        )

    def sum_up_types(self, scope: StackScope) -> None:
        """Sum up the things with the stack's former type in one finding without a repair."""
        for type_name, count in self._database.execute(_FORMER_TYPES).fetchall():
            first = [each.thing_name or "" for each in self._findings("WHERE other_type = ? LIMIT ?", type_name, NAMED)]
            self._database.execute("DELETE FROM findings WHERE other_type = ?", (type_name,))
            self.add(changed_type_finding(type_name, count, first, scope))

    def counts(self) -> Counter[FindingKind]:
        return Counter(dict(self._database.execute("SELECT kind, count(*) FROM findings GROUP BY kind")))

    def of_kind(self, kind: FindingKind, limit: int) -> list[Finding]:
        """Return some; of devices that become things, first those that do not."""
        return self._findings("WHERE kind = ? ORDER BY repair = 'mirror', rowid LIMIT ?", kind, limit)

    def repairable(self) -> Counter[RepairKind | None]:
        found = "SELECT repair, count(*) FROM findings WHERE repair IS NOT NULL GROUP BY repair"
        return Counter(dict(self._database.execute(found)))

    def unmirrored(self) -> int:
        """Count the foreign devices that become no things."""
        [(count,)] = self._database.execute("SELECT count(*) FROM findings WHERE kind = 'foreign' AND repair IS NULL")
        return int(count)

    def removals(self) -> Removals:
        """Count the repairs by which a thing loses its device."""
        [(count,)] = self._database.execute(f"SELECT count(*) FROM findings WHERE {_REMOVING}", REMOVING)
        first = self._findings(f"WHERE {_REMOVING} LIMIT ?", *REMOVING, NAMED)
        return Removals(int(count), tuple(each.thing_name or "" for each in first))

    def repairs(self) -> Iterator[Finding]:
        """Read the findings that an event can repair, one at a time."""
        return self._read("WHERE repair <> 'mirror' ORDER BY rowid")

    def mirrored(self) -> Iterator[Finding]:
        """Read the devices that become things, one at a time."""
        return self._read("WHERE repair = 'mirror' ORDER BY rowid")

    def all(self) -> Iterator[Finding]:
        return self._read("ORDER BY rowid")

    def _findings(self, which: str, *values: object) -> list[Finding]:
        return list(self._read(which, values))

    def _read(self, which: str, values: Iterable[object] = ()) -> Iterator[Finding]:
        return (
            Finding(*row) for row in self._database.execute(f"SELECT {_COLUMNS} FROM findings {which}", tuple(values))
        )

    def hold_removals(self) -> None:
        self._database.execute(f"UPDATE findings SET done = ? WHERE {_REMOVING}", ("held back", *REMOVING))

    def unrepaired(self, limit: int) -> list[Numbered]:
        return self._numbered("repair IS NOT NULL AND done IS NULL", (limit,))

    def marked(self, done: Done, after: int, limit: int) -> list[Numbered]:
        return self._numbered("done = ? AND rowid > ?", (done, after, limit))

    def awaited(self, after: int, limit: int) -> list[Numbered]:
        return self._numbered("awaited AND rowid > ?", (after, limit))

    def drop_awaited(self) -> int:
        return self._database.execute("DELETE FROM findings WHERE awaited").rowcount

    def mark(self, number: int, done: Done, text: str | None = None) -> None:
        self._database.execute("UPDATE findings SET done = ?, last_look = ? WHERE rowid = ?", (done, text, number))

    def remark(self, before: Done, after: Done, text: str | None = None) -> None:
        marked = "UPDATE findings SET done = ?, last_look = coalesce(?, last_look) WHERE done = ?"
        self._database.execute(marked, (after, text, before))

    def drop(self, number: int) -> None:
        self._database.execute("DELETE FROM findings WHERE rowid = ?", (number,))

    def done(self) -> Counter[Done]:
        found = "SELECT done, count(*) FROM findings WHERE done IS NOT NULL GROUP BY done"
        return Counter(dict(self._database.execute(found)))

    def lines(self, after: int, limit: int) -> list[tuple[int, Finding, Done]]:
        """Return findings with the text of the last look at each."""
        found = f"SELECT rowid, done, last_look, {_COLUMNS} FROM findings WHERE rowid > ? ORDER BY rowid LIMIT ?"
        rows = self._database.execute(found, (after, limit))
        return [
            (number, replace(finding, text=last_look or finding.text), done or "reported")
            for number, done, last_look, finding in ((*row[:3], Finding(*row[3:])) for row in rows)
        ]

    def _numbered(self, which: str, values: tuple[object, ...]) -> list[Numbered]:
        found = f"SELECT rowid, {_COLUMNS} FROM findings WHERE {which} ORDER BY rowid LIMIT ?"
        return [(row[0], Finding(*row[1:])) for row in self._database.execute(found, values)]
