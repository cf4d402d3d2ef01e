"""Read the things that a list shows, one at a time: the first are there before the fleet is read."""

from collections.abc import Iterable, Iterator
from itertools import chain

from operate.operator import Operator
from operate.views.listing import STATUSES, FleetSummary, FleetThing, ListFilter, fleet_thing
from workflows.ports.journal import Snapshot


def list_things(operator: Operator, wanted: ListFilter) -> Iterator[FleetThing]:
    """Yield the things by status, those that need attention first, and the latest first within each."""
    return filter(wanted.accepts, _things(operator, _snapshots(operator, wanted)))


def _things(operator: Operator, snapshots: Iterable[Snapshot]) -> Iterator[FleetThing]:
    return (fleet_thing(each, operator.journal.recent(each.thing_id)) for each in snapshots)


def _snapshots(operator: Operator, wanted: ListFilter) -> Iterable[Snapshot]:
    """Read the index that has the fewest things to skip."""
    if wanted.dev_eui:
        return operator.journal.with_dev_eui(wanted.dev_eui)
    by_status = (wanted.in_time(operator.journal.by_status(status)) for status in wanted.wanted_statuses)
    return chain.from_iterable(by_status)


def summary(operator: Operator) -> FleetSummary:
    """Count what there is to filter by; this reads every thing."""
    return FleetSummary.of(_things(operator, chain.from_iterable(map(operator.journal.by_status, STATUSES))))
