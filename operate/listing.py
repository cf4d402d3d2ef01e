"""Read the things that a list shows, one at a time: the first are there before the fleet is read."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from operate.operator import Operator
from operate.views.listing import STATUSES, FleetSummary, FleetThing, ListFilter, Model, fleet_thing
from workflows.ports.journal import Snapshot


@dataclass(frozen=True)
class FleetList:
    """The things that are wanted, and what there is if there are none."""

    operator: Operator
    wanted: ListFilter

    def things(self) -> Iterator[FleetThing]:
        """Yield the things by status, those that need attention first, and the latest first within each."""
        return filter(self.wanted.accepts, map(self._thing, self._snapshots()))

    def summary(self) -> FleetSummary:
        """Count what there is to filter by; this reads every thing."""
        return FleetSummary.of(map(self._thing, chain.from_iterable(map(self.operator.journal.by_status, STATUSES))))

    @cached_property
    def _models(self) -> Mapping[str, Model]:
        """Thing name -> model. Only AWS IoT knows it, and only a list of all its things returns it."""
        if self.wanted.model is None:
            return {}
        found = ((each.name, Model.of(each.attributes)) for each in self.operator.things.listed())
        return {name: model for name, model in found if model}

    def _thing(self, snapshot: Snapshot) -> FleetThing:
        """A list of things has no IDs: a removed thing must not get the model of one that has its name now."""
        model = self._models.get(snapshot.thing_name) if snapshot.status != "removed" else None
        return fleet_thing(snapshot, self.operator.journal.recent(snapshot.thing_id), model)

    def _snapshots(self) -> Iterable[Snapshot]:
        """Read the index that has the fewest things to skip."""
        journal, wanted = self.operator.journal, self.wanted
        if wanted.dev_eui:
            return journal.with_dev_eui(wanted.dev_eui)
        by_status = (wanted.in_time(journal.soon_by_status(status)) for status in wanted.wanted_statuses)
        return chain.from_iterable(by_status)
