"""Things ► the rows of a CSV file that `thingsync import` reads, without keys and codes."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Self

from operate.adapters.things import ListedThing
from operate.bulk.columns import THING_NAME
from operate.bulk.moving import REFERENCES, Copy, Move
from operate.scratch import scratch
from workflows.domain.attributes import ATTRIBUTES
from workflows.domain.identifiers import is_well_formed_reference

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


_SECRETS = tuple(row.name for row in ATTRIBUTES if row.is_secret)
COLUMNS = (THING_NAME, *(row.name for row in ATTRIBUTES if row.takes_reference or not row.is_secret))


def exported(
    things: Iterable[ListedThing], stack_name: str, notes: Notes, move: Move | None = None
) -> Iterator[dict[str, str]]:
    """Return a row for each thing of the stack, as it is or as ``move`` makes it another's; note the rest in ``notes``.

    Where a key or code is a reference to a secret, that is kept.
    """
    for thing in things:
        if thing.attributes.get("stackName") == stack_name:
            yield _row(thing, notes, move)


def _row(thing: ListedThing, notes: Notes, move: Move | None) -> dict[str, str]:
    secret = {name for name, text in thing.attributes.items() if _is_secret(name, text)}
    notes.left_out += bool(secret)
    attributes = thing.attributes if move is None else move.attributes(thing.attributes)
    shown = {name: text for name, text in attributes.items() if name in COLUMNS and name not in secret}
    named = thing.name if move is None else move.thing_name(thing.name, thing.attributes)
    references = {} if move is None else _moved(thing.name, shown, notes, move)
    return {**dict.fromkeys(COLUMNS, ""), **shown, **references, THING_NAME: named}


def _is_secret(attribute: str, text: str) -> bool:
    return attribute in _SECRETS and not is_well_formed_reference(text)


def _moved(thing_name: str, shown: Mapping[str, str], notes: Notes, move: Move) -> dict[str, str]:
    """Return the references that could be rewritten; the others stay, and an import refuses them."""
    moved = {}
    for attribute in (name for name in REFERENCES if name in shown):
        secret = move.secret(shown[attribute])
        if reason := notes.copy(secret) if isinstance(secret, Copy) else secret:
            notes.unmoved(Unmoved(thing_name, attribute, reason))
        elif isinstance(secret, Copy):
            moved[attribute] = secret.reference
    return moved


def given(row: Mapping[str, str]) -> dict[str, str]:
    """Leave out what is empty."""
    return {name: text for name, text in row.items() if text}
