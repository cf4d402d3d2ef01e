"""Things ► the rows of a CSV file that `thingsync import` reads, without keys and codes."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import ClassVar

from operate.bulk.columns import THING_NAME
from operate.bulk.moving import REFERENCES, SECRETS, OwnDevice, SecretCopy, StackMove, needed
from workflows.adapters.scratch import ScratchDatabase
from workflows.domain import labels
from workflows.domain.attributes import ATTRIBUTES
from workflows.domain.identifiers import is_well_formed_reference
from workflows.domain.registry_things import ListedThing
from workflows.ports.journal import Snapshot
from workflows.values import value

_COPIES = "CREATE TABLE copies (target TEXT PRIMARY KEY, source TEXT, named TEXT) WITHOUT ROWID"
_ROWS = "CREATE TABLE rows (content TEXT)"
_LABELS = "CREATE TABLE labels (name TEXT PRIMARY KEY) WITHOUT ROWID"
_LACKING = "CREATE TABLE lacking (thing_name TEXT, attributes TEXT)"
_DEVICES = "CREATE TABLE devices (thing_name TEXT PRIMARY KEY, radio TEXT, secrets TEXT) WITHOUT ROWID"
_UNMOVED = "CREATE TABLE unmoved (thing_name TEXT, attribute TEXT, reason TEXT)"


@value
class UnmovedReference:
    """A reference that could not be rewritten, and why."""

    thing_name: str
    attribute: str
    reason: str


class ExportNotes(ScratchDatabase):
    """What an export reports beside its table. ``left_out`` counts the things with keys, codes or QR codes on them."""

    TABLES: ClassVar[tuple[str, ...]] = (_COPIES, _LACKING, _UNMOVED)
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

    def lacks(self, thing_name: str, attributes: Iterable[str]) -> None:
        self._database.execute("INSERT INTO lacking VALUES (?, ?)", (thing_name, ",".join(attributes)))

    def all_lacking(self) -> Iterator[tuple[str, str]]:
        """Return each thing whose row lacks keys or a code, and the names of their attributes."""
        yield from self._database.execute("SELECT thing_name, attributes FROM lacking ORDER BY rowid")

    def copies(self) -> Iterator[tuple[str, str]]:
        """Return source and target of each secret, sorted by target."""
        yield from self._database.execute("SELECT source, target FROM copies ORDER BY target")

    def all_unmoved(self) -> Iterator[UnmovedReference]:
        for row in self._database.execute("SELECT thing_name, attribute, reason FROM unmoved ORDER BY rowid"):
            yield UnmovedReference(*row)


class OwnDevices(ScratchDatabase):
    """The devices that the stack registered itself, by the names of their things."""

    TABLES: ClassVar[tuple[str, ...]] = (_DEVICES,)

    def add(self, snapshots: Iterable[Snapshot]) -> None:
        """Of two things of one name, the first counts: AWS IoT's list does not show their IDs."""
        insert = "INSERT OR IGNORE INTO devices VALUES (?, ?, ?)"
        for each in snapshots:
            if own := OwnDevice.of(each.state.device) if each.state.device else None:
                self._database.execute(insert, (each.thing_name, json.dumps(own.radio), ",".join(own.secrets)))

    def of(self, thing_name: str) -> OwnDevice | None:
        found = self._database.execute("SELECT radio, secrets FROM devices WHERE thing_name = ?", (thing_name,))
        for radio, secrets in found:
            return OwnDevice(json.loads(radio), tuple(filter(None, secrets.split(","))))
        return None


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


def export_rows(things: Iterable[ListedThing], stack_name: str, notes: ExportNotes) -> Iterator[dict[str, str]]:
    """Return a row for each thing of the stack.

    References to secrets stay in the row; keys and codes do not. ``notes`` records what the rows lack.
    """
    for thing in _of_stack(things, stack_name):
        secret = _secret(thing)
        notes.left_out += bool(secret)
        yield _row(thing.name, thing.attributes, secret)


def moved_rows(
    things: Iterable[ListedThing], move: StackMove, devices: OwnDevices, notes: ExportNotes
) -> Iterator[dict[str, str]]:
    """Return a row for each thing of the stack, for another stack; ``devices`` are those of the stack it leaves."""
    for thing in _of_stack(things, move.stack_name):
        secret, own = _secret(thing), devices.of(thing.name)
        row = _row(move.thing_name(thing.name, thing.attributes), move.attributes(thing.attributes, own), secret)
        if lacking := needed(secret, thing.attributes, own):
            notes.lacks(row[THING_NAME], lacking)
        yield {**row, **_moved(thing.name, without_empty(row), notes, move)}


def _of_stack(things: Iterable[ListedThing], stack_name: str) -> Iterator[ListedThing]:
    return (thing for thing in things if thing.attributes.get("stackName") == stack_name)


def _secret(thing: ListedThing) -> set[str]:
    return {name for name, text in thing.attributes.items() if _is_secret(name, text)}


def _row(named: str, attributes: Mapping[str, str], secret: Collection[str]) -> dict[str, str]:
    shown = {name: text for name, text in attributes.items() if _is_shown(name) and name not in secret}
    return {**dict.fromkeys(COLUMNS, ""), **shown, THING_NAME: named}


def _is_shown(attribute: str) -> bool:
    return attribute in COLUMNS or labels.is_label(attribute)


def _is_secret(attribute: str, text: str) -> bool:
    return attribute in SECRETS and not is_well_formed_reference(text)


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
