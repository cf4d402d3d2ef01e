"""Which things a row may be about: those of a name, and those that have a DevEUI, by the journal and by AWS IoT."""

from collections.abc import Iterator

from operate.operator import Operator
from operate.views.identification import read_dev_eui, what_is_not_ours
from workflows.adapters.mirrored_things import IoTMirroredThings
from workflows.domain.fold import status_of
from workflows.domain.registry_things import DescribedThing, ListedThing
from workflows.domain.scope import StackScope
from workflows.values import value


@value
class FleetSearch:
    """Finds the things of one stack."""

    operator: Operator

    @property
    def scope(self) -> StackScope:
        return self.operator.scope

    def listed(self) -> Iterator[ListedThing]:
        return self.operator.things.listed()

    def describe(self, thing_name: str) -> DescribedThing | None:
        return self.operator.things.describe(thing_name)

    def in_journal(self, dev_eui: str) -> list[str]:
        """Name the things that have the DevEUI by the journal, however they spell it. Deleted ones do not count."""
        return [each.thing_name for each in self.operator.journal.with_dev_eui(dev_eui) if each.status != "removed"]

    def in_aws_iot(self, dev_eui: str) -> list[str]:
        """Name the things of any type that spell the DevEUI in upper or in lower case. That takes two calls."""
        return [each.thing_name for each in IoTMirroredThings(self.operator.clients.iot).with_dev_eui(dev_eui)]

    def status(self, thing: DescribedThing) -> str:
        state = self.operator.journal.read(thing.thing_id)
        return status_of(state) if state.facts else "no event of it has arrived"


def has_dev_eui(thing: DescribedThing, dev_eui: str, scope: StackScope) -> bool:
    """Return whether it is a thing of this stack that has the DevEUI, in any spelling."""
    if what_is_not_ours(thing.thing_type_name, thing.attributes, scope):
        return False
    return read_dev_eui(thing.attributes.get("devEUI", "")) == dev_eui
