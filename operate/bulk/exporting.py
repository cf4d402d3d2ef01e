"""Things ► the rows of a CSV file that `thingsync import` reads, without keys and codes."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar

from operate.bulk.columns import THING_NAME
from operate.bulk.moving import REFERENCES, SecretCopy, StackMove
from workflows.adapters.scratch import ScratchDatabase
from workflows.domain import labels
from workflows.domain.attributes import ATTRIBUTES
from workflows.domain.identifiers import is_well_formed_reference
from workflows.domain.registry_things import ListedThing

_COPIES = "CREATE TABLE copies (target TEXT PRIMARY KEY, source TEXT, named TEXT) WITHOUT ROWID"
_ROWS = "CREATE TABLE rows (content TEXT)"
_LABELS = "CREATE TABLE labels (name TEXT PRIMARY KEY) WITHOUT ROWID"
_UNMOVED = "CREATE TABLE unmoved (thing_name TEXT, attribute TEXT, reason TEXT)"


@dataclass(frozen=True, slots=True)
class UnmovedReference:
    """A reference that could not be rewritten, and why."""

    thing_name: str
    attribute: str
    reason: str


class ExportNotes(ScratchDatabase):
    """What an export reports beside its table. ``left_out`` counts the things with keys, codes or QR codes on them."""

    TABLES: ClassVar[tuple[str, ...]] = (_COPIES, _UNMOVED)
    left_out = 0

    def copy(self, copy: SecretCopy) -> str:
        """Record a secret to copy; return why not, if another secret has the same new name."""
        insert = "INSERT OR IGNORE INTO copies VALUES (?, ?, ?)"
        if self._database.execute(insert, (copy.target, copy.source, copy.named)).rowcount:
            return ""
        [(named,)] = self._database.execute("SELECT named FROM copies WHERE target = ?", (copy.target,))
        if named == copy.named or copy.source in (named, copy.named):
            return ""
        return f"names {copy.named}, and another thing names {named}: only one of them is the ARN of {copy.source}"

    def unmoved(self, found: UnmovedReference) -> None:
        self._database.execute(
            "INSERT INTO unmoved VALUES (?, ?, ?)", (found.thing_name, found.attribute, found.reason)
        )

    def copies(self) -> Iterator[tuple[str, str]]:
        """Return source and target of each secret, sorted by target."""
        yield from self._database.execute("SELECT source, target FROM copies ORDER BY target")

    def all_unmoved(self) -> Iterator[UnmovedReference]:
        for row in self._database.execute("SELECT thing_name, attribute, reason FROM unmoved ORDER BY rowid"):
            yield UnmovedReference(*row)


_SECRETS = tuple(row.name for row in ATTRIBUTES if row.is_secret)
# The labels' columns are those that the things have.
COLUMNS = (
    THING_NAME,
    *(row.name for row in ATTRIBUTES if row.name != labels.PREFIX and (row.takes_reference or not row.is_secret)),
)


class ExportTable(ScratchDatabase):
    """The rows of an export, held until all are known: each label that a thing has is a column."""

    TABLES: ClassVar[tuple[str, ...]] = (_ROWS, _LABELS)

    def add(self, row: Mapping[str, str]) -> None:
        self._database.execute("INSERT INTO rows VALUES (?)", (json.dumps(without_empty(row)),))
        named = [(name,) for name in row if labels.is_label(name)]
        self._database.executemany("INSERT OR IGNORE INTO labels VALUES (?)", named)

    def columns(self) -> tuple[str, ...]:
        found = self._database.execute("SELECT name FROM labels ORDER BY name")
        return (*COLUMNS, *(name for (name,) in found))

    def rows(self) -> Iterator[dict[str, str]]:
        for (text,) in self._database.execute("SELECT content FROM rows ORDER BY rowid"):
            yield json.loads(text)


def export_rows(
    things: Iterable[ListedThing], stack_name: str, notes: ExportNotes, move: StackMove | None = None
) -> Iterator[dict[str, str]]:
    """Return a row for each thing of the stack, for this stack or as ``move`` writes it for another one.

    References to secrets stay in the row; keys and codes do not. ``notes`` records what the rows lack.
    """
    for thing in things:
        if thing.attributes.get("stackName") == stack_name:
            yield _row(thing, notes, move)


def _row(thing: ListedThing, notes: ExportNotes, move: StackMove | None) -> dict[str, str]:
    secret = {name for name, text in thing.attributes.items() if _is_secret(name, text)}
    notes.left_out += bool(secret)
    attributes = thing.attributes if move is None else move.attributes(thing.attributes)
    shown = {name: text for name, text in attributes.items() if _is_shown(name) and name not in secret}
    named = thing.name if move is None else move.thing_name(thing.name, thing.attributes)
    references = {} if move is None else _moved(thing.name, shown, notes, move)
    return {**dict.fromkeys(COLUMNS, ""), **shown, **references, THING_NAME: named}


def _is_shown(attribute: str) -> bool:
    return attribute in COLUMNS or labels.is_label(attribute)


def _is_secret(attribute: str, text: str) -> bool:
    return attribute in _SECRETS and not is_well_formed_reference(text)


def _moved(thing_name: str, shown: Mapping[str, str], notes: ExportNotes, move: StackMove) -> dict[str, str]:
    """Return the rewritten references; the others stay as they are, and an import refuses them."""
    moved = {}
    for attribute in (name for name in REFERENCES if name in shown):
        secret = move.secret(shown[attribute])
        if reason := notes.copy(secret) if isinstance(secret, SecretCopy) else secret:
            notes.unmoved(UnmovedReference(thing_name, attribute, reason))
        elif isinstance(secret, SecretCopy):
            moved[attribute] = secret.reference
    return moved


def without_empty(row: Mapping[str, str]) -> dict[str, str]:
    """Leave out empty cells."""
    return {name: text for name, text in row.items() if text}
