"""Waiting, in sight of the operator, for what the journal says became of events."""

from collections.abc import Sequence

from operate.following import Patience, followed
from operate.rendering.console import progress
from operate.views.replay import Planned, Replayed
from workflows.ports.journal import History


def awaited(history: History, planned: Sequence[Planned], patience: Patience) -> list[Replayed]:
    """Return what became of each, as ``followed``, with a bar of how many are known."""
    results = []
    with progress("outcomes", total=len(planned)) as (bar, task):
        for result in followed(history, planned, patience):
            results.append(result)
            bar.advance(task)
    return results
