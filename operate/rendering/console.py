"""Print results on the standard output, questions and progress on the standard error.

Everything on the terminal goes through here, because most texts come from outside.
"""

import json
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, redirect_stdout
from contextvars import ContextVar
from typing import Any, TypeVar

import typer
from rich import box
from rich.cells import cell_len, set_cell_size
from rich.console import Console, ConsoleOptions, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from operate.errors import NotAgreedError
from operate.safe_output import visible

_T = TypeVar("_T")
# A name, and a value if there is one.
Line = tuple[str, str | Text | None]


class PlainConsole(Console):
    """Shows texts as they are: they contain no markup, control the terminal in no way and begin no new line."""

    def __init__(self, *, stderr: bool = False) -> None:
        super().__init__(stderr=stderr, highlight=False, emoji=False, markup=False)

    def print(self, *objects: Any, **how: Any) -> None:  # noqa: ANN401  # as rich has it
        """Print what rich can draw, and anything else as text."""
        super().print(*(each if hasattr(each, "__rich_console__") else str(each) for each in objects), **how)

    def render_str(self, text: str, **how: Any) -> Text:  # noqa: ANN401  # as rich has it
        """Escape and complete the text before it is measured, wrapped and coloured."""
        return super().render_str(_shown(text), **how)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Escape texts that came another way; only rich's own segments may move the cursor."""
        for segment in super().render(renderable, options):
            lines = segment.text.split("\n")
            yield segment if segment.control else segment._replace(text="\n".join(map(visible, lines)))


out = PlainConsole()
err = PlainConsole(stderr=True)

# Says where the running command works: every question repeats it.
_PLACE: ContextVar[Callable[[], str]] = ContextVar("_PLACE", default=str)
# Completes the commands in a text, so that a copied one works at the same place.
_COMPLETED: ContextVar[Callable[[str], str]] = ContextVar("_COMPLETED", default=str)


def _shown(text: str) -> str:
    return visible(_COMPLETED.get()(text))


def styled(text: str, style: str = "") -> Text:
    return Text(_shown(text), style=style)


def fitted(text: str, width: int) -> str:
    """Make ``text`` exactly so wide: pad it, or cut it and mark the cut."""
    shown = _shown(text)
    return set_cell_size(shown, width) if cell_len(shown) <= width else f"{set_cell_size(shown, width - 1)}…"


def joined(*parts: Text) -> Text:
    """Put texts of several styles on one line."""
    return Text.assemble(*parts)


def print_json(document: object) -> None:
    """Print ``document`` without wrapping or colour; JSON in ASCII contains no control characters."""
    typer.echo(json.dumps(document, indent=2))


def print_json_line(document: object) -> None:
    """Print one of many documents, each on its own line."""
    typer.echo(json.dumps(document))


def print_error(name: str, message: str, exit_code: int) -> None:
    """Print what ended the command for programs, in one line after whatever was printed before."""
    print_json_line({"error": {"name": name, "message": message, "exitCode": exit_code}})


def print_crash(error: Exception) -> None:
    """Print the traceback of an unexpected error; the mark shows that each line belongs to it."""
    for line in "".join(traceback.format_exception(error)).rstrip("\n").split("\n"):
        err.print(f"| {line}", soft_wrap=True)


def print_wrong_call(usage: str, advice: str, problem: str) -> None:
    """Print a usage error; ``usage`` may have several lines."""
    for line in (*usage.split("\n"), advice, ""):
        err.print(line, soft_wrap=True)
    err.print(f"Error: {problem}", style="red", soft_wrap=True)


def table(*columns: str, whole: Sequence[str] = ()) -> Table:
    """Return a table that wraps cells to fit the terminal, except in the columns ``whole``."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for column in columns:
        made.add_column(column, no_wrap=column in whole, overflow="fold")
    return made


def grid(*widths: str, gap: int) -> Table:
    """Return rows without a header; ``whole`` columns are never wrapped, ``folded`` ones are."""
    made = Table.grid(padding=(0, gap), pad_edge=False)
    for width in widths:
        made.add_column(no_wrap=width == "whole", overflow="fold")
    return made


def print_named(lines: Iterable[Line]) -> None:
    """Print each value behind its name, but for those that there are not."""
    rows = grid("whole", "folded", gap=2)
    for name, value in lines:
        if value:
            rows.add_row(styled(name, "dim"), value)
    out.print(rows)


def print_place(place: str) -> None:
    """Print where the command works, before anything else and above every question."""
    err.print(place, style="bold", soft_wrap=True)


@contextmanager
def commands_completed(complete: Callable[[str], str]) -> Iterator[None]:
    """Show all texts as ``complete`` returns them, which must not change its own results."""
    token = _COMPLETED.set(complete)
    try:
        yield
    finally:
        _COMPLETED.reset(token)


@contextmanager
def working_at(place: Callable[[], str]) -> Iterator[None]:
    """Repeat ``place`` above every question; it is called for the first one."""
    token = _PLACE.set(place)
    try:
        yield
    finally:
        _PLACE.reset(token)


def ask_to_confirm(question: str, *, yes: bool) -> None:
    """Ask for confirmation of the plan unless ``yes``; raise ``NotAgreedError``."""
    if yes:
        return
    if place := _PLACE.get()():
        print_place(place)
    try:
        # typer leaves the prompt's last character to ``input``, which writes it to the standard output.
        with redirect_stdout(sys.stderr):
            agreed = typer.confirm(_shown(question), err=True)
    except typer.Abort:  # there is no terminal to answer at
        err.print()
        agreed = False
    if not agreed:
        raise NotAgreedError("Nothing was changed. (--yes skips the question.)")


def ask_secret(prompt: str) -> str:
    """Ask for a text that is not shown while it is typed. Abort without a terminal."""
    return str(typer.prompt(visible(prompt), hide_input=True, err=True))


def is_typed() -> bool:
    """Return whether the standard input is a terminal."""
    return sys.stdin.isatty()


def read_secret(name: str) -> str:
    """Ask for a secret without showing it; outside a terminal, read a line of the standard input."""
    return (ask_secret(name) if is_typed() else typer.get_text_stream("stdin").readline()).strip()


def read_input() -> bytes:
    """Read the standard input to its end."""
    return typer.get_binary_stream("stdin").read()


@contextmanager
def redrawn() -> Iterator[None]:
    """Show what is printed in place of the screen, all at once; outside a terminal below what was there."""
    with out.capture() as screen:
        yield
    if out.is_terminal:
        out.clear()
    typer.echo(screen.get(), nl=False)


def _nothing(_item: object) -> None:
    """Do nothing with an item."""


def follow(what: str, items: Iterable[_T], do: Callable[[_T], int | None] = _nothing, *, total: int | None) -> None:
    """Do something with each item and advance a progress bar: by what ``do`` returns, else by one.

    An interruption ends the work behind ``items`` first, so that no thread of it goes on while results are written.
    """
    try:
        with progress(what, total=total) as (bar, task):
            for item in items:
                count = do(item)
                bar.advance(task, 1 if count is None else count)
    finally:
        if close := getattr(items, "close", None):
            close()


@contextmanager
def progress(what: str, *, total: int | None) -> Iterator[tuple[Progress, TaskID]]:
    """Show a progress bar; outside a terminal only its end is printed."""
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
    )
    # Other output must not break the bar, unless it goes to a file.
    with Progress(*columns, console=err, redirect_stdout=out.is_terminal) as bar:
        yield bar, bar.add_task(visible(what), total=total)
