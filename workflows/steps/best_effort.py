"""What is written for people is written if it can be: the work is done, and a failed write must not undo or stop it."""

from collections.abc import Callable


def best_effort(where: str, write: Callable[[], None], on_failure: Callable[[str, Exception], None]) -> None:
    """Call ``write``; if it raises, call ``on_failure`` with the place and the error."""
    try:
        write()
    except Exception as error:  # noqa: BLE001  # whatever it was, the work itself succeeded
        on_failure(where, error)
