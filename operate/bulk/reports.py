"""The report of an import: a row for each row of the file. Earlier reports stay, under numbered names."""

from collections.abc import Iterable
from itertools import count
from pathlib import Path

from operate.bulk.register import RegisterEntry, RowOutcome
from operate.errors import WrongInputError
from operate.safe_output import open_output, write_table

_HEADER = ("line", "thing", "device", "action", "outcome", "reason", "warning")
# What an outcome means that is not final.
_UNKNOWN: dict[RowOutcome, str] = {
    "not reached": "the import ended before this row; run the same command again",
    **dict.fromkeys(
        ("created", "updated", "unchanged"),
        "no outcome yet; run the same command again, or see `thingsync status THING`",
    ),
}


def as_row(entry: RegisterEntry) -> dict[str, str | int]:
    reason = "; ".join(filter(None, (_UNKNOWN.get(entry.outcome), entry.reason)))
    values = (entry.line, entry.thing_name, entry.device_id, entry.action, entry.outcome, reason, entry.warning)
    return dict(zip(_HEADER, values, strict=True))


def write_report(path: Path, entries: Iterable[RegisterEntry]) -> None:
    """Raise ``WrongInputError`` if it cannot be written."""
    with open_output(path) as file:
        write_table(file, _HEADER, map(as_row, entries))


def move_earlier(path: Path) -> Path | None:
    """Give an earlier report the next free numbered name and return that; None if there is no earlier one.

    A link is left alone: ``/dev/stdout`` may lead to a file.

    Raises:
        WrongInputError: it cannot be renamed.
    """
    if path.is_symlink() or not path.is_file():
        return None
    free = next(
        each for number in count(1) if not (each := path.with_name(f"{path.stem}.{number}{path.suffix}")).exists()
    )
    try:
        return path.rename(free)
    except OSError as error:
        raise WrongInputError(f"The earlier report {path} cannot be renamed: {error.strerror}.") from error
