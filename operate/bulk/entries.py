"""What a file says of one device, whatever kind of file it is. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import field

from operate.bulk.cells import as_meant
from operate.bulk.columns import Columns
from operate.bulk.files import CsvRow
from operate.bulk.problems import Unit
from operate.bulk.spellings import in_things_spelling
from workflows.values import value

NO_MODEL_BY_NUMBER = "vendor_id and vendor_profile_id are not used; to name the model, give brand_id and model_id"


@value
class FileEntry:
    """``given``: attribute -> text, nothing empty. ``name_of`` says how the file names an attribute.

    ``line`` is where it begins; with the ``unit`` device, its number. ``wrong``: the file's name -> why nothing can be
    made of the entry. ``partial`` says why something may be missing. ``warnings`` are what a thing cannot hold of it.
    ``is_there``: the entry comes from The Things Stack's own list, so that its device need not be created.
    """

    line: int
    given: Mapping[str, str] = field(repr=False)
    name_of: Callable[[str], str]
    wrong: Mapping[str, str] = field(default_factory=dict)
    partial: str = ""
    warnings: tuple[str, ...] = ()
    is_there: bool = False
    unit: Unit = "line"


def entry_of_row(row: CsvRow, columns: Columns) -> FileEntry:
    """Read a row of a CSV file.

    Missing cells at the end of a row count as empty: spreadsheets omit the separators after the last value.
    """
    width = len(columns.header)
    cells = (*row.cells, *[""] * (width - len(row.cells)))
    given = said((meaning, cells[at]) for at, meaning in columns.meanings.items())
    beyond = {"": f"has {len(cells)} cells where the header has {width}"} if any(cells[width:]) else {}
    short = f"has {len(row.cells)} cells where the header has {width}; the missing ones count as empty"
    by_number = any(cells[at] for at in columns.model_numbers) and "brandID" not in given
    return FileEntry(
        row.line,
        given,
        columns.name_of,
        wrong=beyond,
        partial=short if len(row.cells) < width else "",
        warnings=(NO_MODEL_BY_NUMBER,) if by_number else (),
    )


def said(texts: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return what the texts mean as things spell it; empty ones say nothing."""
    meant = {attribute: in_things_spelling(attribute, as_meant(attribute, text)) for attribute, text in texts if text}
    return {attribute: text for attribute, text in meant.items() if text}
