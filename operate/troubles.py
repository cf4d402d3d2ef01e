"""The failed and rejected things of a fleet, as a stream."""

from collections.abc import Iterator

from operate.batches import looked_up
from operate.operator import Operator
from operate.views.failures import Wanted
from operate.views.outcomes import UNHAPPY, Trouble, trouble_of


def troubles(operator: Operator, wanted: Wanted) -> Iterator[Trouble]:
    """The failed first, of each the latest first. the snapshot knows no error's name, so each stream's end is read."""
    for status in UNHAPPY:
        snapshots = wanted.of_snapshots(operator.history.by_status(status))
        found = looked_up(lambda snapshot: trouble_of(snapshot, operator.history.recent(snapshot.thing_id)), snapshots)
        yield from wanted.of_troubles(found)
