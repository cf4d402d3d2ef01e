"""What the local cloud keeps for its user alone: other users of the machine may not read it."""

import contextlib
import os
import secrets
import string
import tempfile
from collections.abc import Callable
from pathlib import Path

OWNER_ONLY = 0o077
"""The umask of whatever writes below such a folder."""

_LETTERS = string.ascii_uppercase + "234567"


def private_folder(folder: Path) -> Path:
    """Make the folder, or close the one that is there to everybody else."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def write_private(file: Path, text: str) -> None:
    """Write a file that its owner alone may read, whatever it was before."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
    with open(descriptor, "w") as opened:  # noqa: PTH123 - the file is closed to others before anything is in it
        os.fchmod(descriptor, 0o600)
        os.ftruncate(descriptor, 0)
        opened.write(text)


def stored_secret(file: Path, make: Callable[[], str]) -> str:
    """Read the file; write what ``make`` returns first, if it is not there. Its folder is made private.

    Processes that begin at the same time get the same secret: the first one's.
    """
    private_folder(file.parent)
    if not file.exists():
        descriptor, draft = tempfile.mkstemp(dir=file.parent)
        os.write(descriptor, make().encode())
        os.close(descriptor)
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
        Path(draft).unlink()
    return file.read_text()


def random_letters(length: int) -> str:
    """Letters and digits of base32: five bits each that nobody guesses."""
    return "".join(secrets.choice(_LETTERS) for _ in range(length))
