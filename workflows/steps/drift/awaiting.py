"""Findings that an event may explain which is still on its way: the second look decides."""

from workflows.ports.reconciling import FoundDifferences, Numbered
from workflows.steps.concurrency import map_concurrently
from workflows.steps.drift.inspection import Inspector, Look

AT_ONCE = 100


def look_again_at_awaited(inspector: Inspector, ledger: FoundDifferences, after: int) -> int | None:
    """Forget findings whose events have come since; return the number of the last one, None if there are no more.

    An event that has come may leave another difference, which is a finding.
    """
    found = ledger.awaited(after, AT_ONCE)
    for number, look in map_concurrently(lambda each: _look(inspector, each), found):
        if look.left is not None and look.left.awaited:
            continue
        ledger.drop(number)
        if look.left is not None:
            ledger.add(look.left)
    return found[-1][0] if found else None


def _look(inspector: Inspector, numbered: Numbered) -> tuple[int, Look]:
    number, found = numbered
    return number, inspector.inspect_again(found)
