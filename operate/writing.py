"""Files that the operator named, for what the command has to tell."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from operate.errors import WrongInputError


@contextmanager
def to_write(path: Path) -> Iterator[TextIO]:
    """Open ``path`` for a table; raise ``WrongInputError`` if it cannot be written."""
    try:
        with path.open("w", newline="", encoding="utf-8") as file:
            yield file
    except OSError as error:
        raise WrongInputError(f"{path} cannot be written: {error.strerror}.") from error
