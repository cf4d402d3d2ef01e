"""``--watch``: show the same thing again and again, until somebody ends it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import count

from operate.adapters.aws_errors import EXPECTED, explained
from operate.errors import NoAnswerError
from operate.rendering.console import out, redrawn
from operate.views.times import moment
from workflows.values import value


@value
class Refresh:
    """Show again after ``every_s``; ``rounds`` is None for a person, who ends it with Ctrl-C."""

    every_s: float
    rounds: int | None = None
    sleep: Callable[[float], None] = time.sleep


def watched(show: Callable[[], bool], refresh: Refresh) -> bool:
    """Return what the last call of ``show`` returned."""
    is_ok = True
    try:
        for number in count(1):
            with redrawn():
                out.print(f"{moment(datetime.now(UTC))}, again every {refresh.every_s:g} s; Ctrl-C ends", style="dim")
                is_ok = _shown(show)
            if number == refresh.rounds:
                break
            refresh.sleep(refresh.every_s)
    except KeyboardInterrupt:
        out.print()
    return is_ok


def _shown(show: Callable[[], bool]) -> bool:
    """An outage is a thing to watch, too: it ends nothing."""
    try:
        return show()
    except EXPECTED as error:
        explanation = explained(error, "")
        if not isinstance(explanation, NoAnswerError):
            raise
        out.print(explanation, style="red")
        return False
