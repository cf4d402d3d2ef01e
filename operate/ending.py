"""Being told to end, which is no reason to leave things lying about."""

import signal
import sys
from types import FrameType
from typing import NoReturn

# Windows has no SIGHUP.
_SIGNALS = tuple(getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name))


def end_on_signals() -> None:
    """Let a signal to end do what Ctrl-C does: reports are written, and everything is put away.

    Whoever has a signal ignored, as ``nohup`` does, is left alone.
    """
    for number in _SIGNALS:
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    """Leave with the exit code that a shell gives to whom a signal has ended; another one breaks nothing off."""
    for each in _SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    sys.exit(128 + number)
