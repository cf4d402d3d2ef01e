"""A picture of a command: it runs in a terminal of its own, and what it printed there is drawn."""

import contextlib
import io
import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.text import Text

COLUMNS = 96


def picture(words: list[str], file: Path) -> None:
    """Draw what ``thingsync`` answers to ``words``; the exit code is part of the answer, and any is welcome."""
    printed = _in_a_terminal([sys.executable, "-m", "operate", "--local", *words])
    _draw(f"thingsync {' '.join(words)}", printed, file)


@contextlib.contextmanager
def recorded(command: str, file: Path, *, until: str) -> Iterator[Console]:
    """Give a console, and draw what ``command`` printed there before the line that begins with ``until``.

    It is no terminal, so tables that are printed again and again while they change are printed once.
    """
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=False)
    yield console
    printed = console.export_text(styles=True)
    _draw(command, printed.partition(f"\n{until}")[0], file)


def _draw(command: str, printed: str, file: Path) -> None:
    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text(f"$ {command}", style="bold"))
    console.print(Text.from_ansi(printed))
    file.write_text(_without_fonts(console.export_svg(title="thingsync")))


def _without_fonts(svg: str) -> str:
    """Leave out the fonts that rich would load from another host; what the reader has will do."""
    return re.sub(r"@font-face \{.*?\}\s*", "", svg, flags=re.DOTALL)


def _in_a_terminal(command: list[str]) -> str:
    master, slave = pty.openpty()
    terminal = {"TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "FORCE_COLOR": "1"}
    with subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env={**os.environ, **terminal}):
        os.close(slave)
        printed = b"".join(_read(master))
    os.close(master)
    return _last_lines(printed.decode())


def _read(master: int) -> list[bytes]:
    """Read until the command has closed its side, which Linux reports as an error."""
    chunks = []
    try:
        while chunk := os.read(master, 65536):
            chunks.append(chunk)
    except OSError:
        pass
    return chunks


def _last_lines(printed: str) -> str:
    """What a line holds in the end: a progress bar writes over itself, from the line's beginning."""
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in printed.split("\n"))
