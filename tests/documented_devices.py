"""What docs/devices.md and the examples say: things to create, rows to import, mistakes with their reasons."""

import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from awscli.shorthand import ShorthandParser  # type: ignore[import-untyped]

from operate.bulk.checking import PlannedThing
from operate.bulk.columns import columns_of
from operate.bulk.files import read_rows
from tests.bulk_samples import TARGET, check_row

PAGE = Path("docs/devices.md").read_text()
_COMMAND = re.compile(
    r"aws iot create-thing --thing-name (\S+) --thing-type-name lorawan --attribute-payload '([^']+)'"
)
_TABLE = re.compile(r"^```csv\n(.+?)^```", re.MULTILINE | re.DOTALL)
_MISTAKE = re.compile(r"^\| (`[^`]+=.*?|no `.*?) \| `(.+?)` \|$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Section:
    title: str
    text: str

    def things(self) -> dict[str, dict[str, str]]:
        """Return the things that its commands create: name -> attributes."""
        return {name: _attributes(payload) for name, payload in _COMMAND.findall(self.text)}

    def tables(self) -> list[str]:
        return _TABLE.findall(self.text)

    def mistakes(self) -> list[tuple[str, str]]:
        """Return what was written and what the reason says of it."""
        return [(wrote, says.removesuffix("…")) for wrote, says in _MISTAKE.findall(self.text)]


def _attributes(payload: str) -> dict[str, str]:
    attributes: dict[str, str] = ShorthandParser().parse(payload)["attributes"]
    return attributes


SECTIONS = [Section(*part.split("\n", 1)) for part in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]]


def mistaken(attributes: Mapping[str, str], wrote: str) -> dict[str, str]:
    """Return ``attributes`` with the mistake of a table's first cell: `name=value`, or: no `name`."""
    changed = dict(pair.split("=", 1) for pair in re.findall(r"`([^`]+=[^`]+)`", wrote))
    gone = re.findall(r"no `(\S+)`", wrote)
    return {name: value for name, value in ({**attributes, **changed}).items() if name not in gone}


def rows_of(file: Path) -> Iterator[PlannedThing]:
    """Return the things that an import makes of a file."""
    header, *rows = read_rows(file)
    for row in rows:
        planned = check_row(row, columns_of(header.cells), TARGET)
        assert isinstance(planned, PlannedThing), planned
        assert not planned.missing
        yield planned


def demonstrated() -> Iterator[tuple[str, dict[str, str], str]]:
    """Return the things of `make demo`: name, attributes, outcome."""
    with Path("examples/expected.csv").open(newline="") as file:
        expected = {row["thing"]: row["outcome"] for row in csv.DictReader(file)}
    with Path("examples/things.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            name = row.pop("thing")
            yield name, {key: value for key, value in row.items() if value}, expected[name]
