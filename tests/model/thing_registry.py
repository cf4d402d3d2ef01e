"""AWS IoT's thing registry in memory, with the events it publishes of things of type lorawan."""

from collections.abc import Callable
from dataclasses import dataclass, field

from workflows.domain.registry_things import DescribedThing
from workflows.ports.things import CurrentThing


@dataclass
class Thing:
    thing_id: str
    name: str
    attributes: dict
    version: int = 1


@dataclass
class FakeThingRegistry:
    """``publish`` gets each event. What a DELETED carries is not documented, so that its sender says."""

    publish: Callable
    things: dict = field(default_factory=dict)
    made: int = 0

    def thing(self, thing_name):
        thing = self.things.get(thing_name)
        return thing and CurrentThing(thing.thing_id, thing.attributes.get("stackName"))

    def create(self, thing_name, attributes):
        self.made += 1
        thing = Thing(f"thing-{self.made}", thing_name, dict(attributes))
        self.things[thing_name] = thing
        self._publish_event("CREATED", thing)
        return thing.thing_id

    def update(self, thing_name, attributes):
        thing = self.things[thing_name]
        thing.attributes, thing.version = dict(attributes), thing.version + 1
        self._publish_event("UPDATED", thing)

    def delete(self, thing_name, *, with_attributes):
        thing = self.things.pop(thing_name)
        self._publish_event(
            "DELETED", thing, **({} if with_attributes else {"attributes": None, "thingTypeName": None})
        )

    def describe(self, thing_name):
        thing = self.things.get(thing_name)
        return thing and DescribedThing(thing.name, thing.thing_id, thing.version, "lorawan", dict(thing.attributes))

    def write_attributes(self, thing_name, attributes, version):
        thing = self.things.get(thing_name)
        if thing is None:
            return "deleted meanwhile"
        if thing.version != version:
            return "changed meanwhile"
        self.update(thing_name, {name: text for name, text in (thing.attributes | attributes).items() if text})
        return "written"

    def living(self):
        return list(self.things.values())

    def _publish_event(self, operation, thing, **changes):
        self.publish(event_of(operation, thing) | changes)


def event_of(operation, thing):
    return {
        "eventType": "THING_EVENT",
        "operation": operation,
        "thingId": thing.thing_id,
        "thingName": thing.name,
        "versionNumber": thing.version,
        "thingTypeName": "lorawan",
        "attributes": dict(thing.attributes),
    }
