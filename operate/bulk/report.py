"""What became of each row, as a CSV file."""

from collections.abc import Iterable
from pathlib import Path

from operate.bulk.register import Entry, Outcome
from operate.writing import to_write, write_table

_HEADER = ("line", "thing", "device", "outcome", "reason")
# What it means that nothing better is known of a row.
_UNKNOWN: dict[Outcome, str] = {
    "not reached": "the import ended before; run the same command again",
    "created": "no outcome yet; look with `thingsync status`, or run the same command again",
}


def as_row(entry: Entry) -> dict[str, str | int]:
    reason = "; ".join(filter(None, (_UNKNOWN.get(entry.outcome), entry.reason)))
    values = (entry.line, entry.thing_name, entry.device_id, entry.outcome, reason)
    return dict(zip(_HEADER, values, strict=True))


def write_report(path: Path, entries: Iterable[Entry]) -> None:
    """Raise ``WrongInputError`` if it cannot be written."""
    with to_write(path) as file:
        write_table(file, _HEADER, map(as_row, entries))
