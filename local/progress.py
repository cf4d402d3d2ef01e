"""Says on the terminal what is under way and, when it is done, how long it took."""

import contextlib
import time
from collections.abc import Iterator

from rich.console import Console

console = Console(highlight=False, soft_wrap=True)


@contextlib.contextmanager
def step(what: str) -> Iterator[None]:
    started = time.monotonic()
    with console.status(f"{what} …"):
        if not console.is_terminal:
            console.print(f"  {what} …")
        yield
    console.print(f"  {what}: {time.monotonic() - started:.1f} s")
