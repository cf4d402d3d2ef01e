"""Planning replays: what AWS IoT and the journal say of each thing becomes an event."""

from collections.abc import Iterable, Iterator

from operate.adapters.registry_thing import RegistryThing, describe_thing
from operate.batches import looked_up
from operate.operator import Operator
from operate.views.registry_events import updated_event
from operate.views.replay import Planned, Rules, plan
from workflows.domain.event import RegistryEvent


def planned_for(operator: Operator, thing_names: Iterable[str]) -> Iterator[Planned]:
    rules = Rules(operator.stack_name, operator.stack.thing_type_name, operator.runs.is_running)

    def look_up(thing_name: str) -> list[Planned]:
        found = describe_thing(operator.clients.iot, thing_name)
        snapshots = list(operator.history.named(thing_name))
        return plan(thing_name, event_of(found) if found else None, snapshots, rules)

    for planned in looked_up(look_up, dict.fromkeys(thing_names)):
        yield from planned


def event_of(thing: RegistryThing) -> RegistryEvent:
    return updated_event(
        thing.thing_id,
        thing.thing_name,
        thing.version_number,
        type_name=thing.thing_type_name,
        attributes=thing.attributes,
    )
