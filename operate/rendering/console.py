"""What is printed: results on the standard output, questions and progress on the standard error."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import typer
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.table import Table

from operate.errors import NotAgreedError

# Names of things may hold what rich takes for an emoji, such as ":key:".
out = Console(highlight=False, emoji=False)
err = Console(highlight=False, emoji=False, stderr=True)


def print_json(document: object) -> None:
    """Print ``document`` as it is, never wrapped or coloured."""
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))


def print_json_line(document: object) -> None:
    """Print one of many documents, each on a line of its own."""
    typer.echo(json.dumps(document, ensure_ascii=False))


def table(*columns: str, whole: Sequence[str] = ()) -> Table:
    """Return a table that fits 80 columns by breaking lines, but not those of the columns in ``whole``."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for column in columns:
        made.add_column(column, no_wrap=column in whole, overflow="fold")
    return made


def agree(question: str, *, yes: bool) -> None:
    """Ask after the plan was shown, unless ``yes`` was said beforehand; raise ``NotAgreedError``."""
    if yes:
        return
    try:
        agreed = typer.confirm(question, err=True)
    except typer.Abort:  # nobody is there to answer
        err.print()
        agreed = False
    if not agreed:
        raise NotAgreedError("Nothing was changed. (--yes answers for you.)")


@contextmanager
def progress(what: str, *, total: int | None) -> Iterator[tuple[Progress, TaskID]]:
    """Show how far ``what`` has come; to anything but a terminal only the end is written."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
    )
    with Progress(*columns, console=err) as bar:
        yield bar, bar.add_task(what, total=total)
