"""What is printed: results on the standard output, questions and progress on the standard error.

Whatever reaches the terminal goes through here, since most of what is told has come from outside.
"""

import json
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import typer
from rich import box
from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from operate.errors import NotAgreedError
from operate.safe_output import visible


class PlainConsole(Console):
    """Shows texts as they are: nothing in them is markup, none acts on the terminal or begins a line of its own."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, emoji=False, markup=False)

    def print(self, *objects: Any, **how: Any) -> None:  # noqa: ANN401  # as rich has it
        """Print what rich can draw, and of anything else its text."""
        super().print(*(each if hasattr(each, "__rich_console__") else str(each) for each in objects), **how)

    def render_str(self, text: str, **how: Any) -> Text:  # noqa: ANN401  # as rich has it
        """Make it visible before it is measured, broken into lines and coloured."""
        return super().render_str(visible(text), **how)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Let nothing out that came by another way than as a text; what moves the cursor is rich's own."""
        for segment in super().render(renderable, options):
            lines = segment.text.split("\n")
            yield segment if segment.control else segment._replace(text="\n".join(map(visible, lines)))


out = PlainConsole()
err = PlainConsole(stderr=True)


def styled(text: str, style: str = "") -> Text:
    return Text(visible(text), style=style)


def joined(*parts: Text) -> Text:
    """Put texts of several styles on one line."""
    return Text.assemble(*parts)


def print_json(document: object) -> None:
    """Print ``document`` as it is, never wrapped or coloured; JSON's own ASCII form holds nothing that acts."""
    typer.echo(json.dumps(document, indent=2))


def print_json_line(document: object) -> None:
    """Print one of many documents, each on a line of its own."""
    typer.echo(json.dumps(document))


def print_fault(error: Exception) -> None:
    """Print the traceback of what nobody expected, so that each line is seen to be one of it."""
    for line in "".join(traceback.format_exception(error)).rstrip("\n").split("\n"):
        err.print(f"| {line}", soft_wrap=True)


def print_misuse(usage: str, advice: str, problem: str) -> None:
    """Say what a command was given wrongly; ``usage`` may have several lines."""
    for line in (*usage.split("\n"), advice, ""):
        err.print(line, soft_wrap=True)
    err.print(f"Error: {problem}", style="red", soft_wrap=True)


def table(*columns: str, whole: Sequence[str] = ()) -> Table:
    """Return a table that fits 80 columns by breaking lines, but not those of the columns in ``whole``."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for column in columns:
        made.add_column(column, no_wrap=column in whole, overflow="fold")
    return made


def grid(*widths: str, gap: int) -> Table:
    """Return rows without a head; of the columns, ``whole`` ones are never broken, ``folded`` ones are."""
    made = Table.grid(padding=(0, gap), pad_edge=False)
    for width in widths:
        made.add_column(no_wrap=width == "whole", overflow="fold")
    return made


def agree(question: str, *, yes: bool) -> None:
    """Ask after the plan was shown, unless ``yes`` was said beforehand; raise ``NotAgreedError``."""
    if yes:
        return
    try:
        agreed = typer.confirm(visible(question), err=True)
    except typer.Abort:  # nobody is there to answer
        err.print()
        agreed = False
    if not agreed:
        raise NotAgreedError("Nothing was changed. (--yes answers for you.)")


@contextmanager
def progress(what: str, *, total: int | None) -> Iterator[tuple[Progress, TaskID]]:
    """Show how far ``what`` has come; to anything but a terminal only the end is written."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
    )
    # What is printed meanwhile must not land in the bar, unless it goes to a file.
    with Progress(*columns, console=err, redirect_stdout=out.is_terminal) as bar:
        yield bar, bar.add_task(visible(what), total=total)
