"""The things that stand for devices, in memory; kept honest by ``tests.ports.mirrored_things``."""

import uuid
from collections import Counter
from dataclasses import replace

from workflows.errors import ThingExistsAnswer
from workflows.ports.mirroring import MirroredThings


class FakeMirroredThings(MirroredThings):
    """``things`` by name; ``calls``: how often each method was called; ``troubles``: method to what it raises next."""

    def __init__(self, *things):
        self.things = {thing.thing_name: replace(thing, thing_id=thing.thing_id or _new_id()) for thing in things}
        self.calls, self.troubles, self.before = Counter(), {}, {}

    def with_dev_eui(self, dev_eui):
        self._called("with_dev_eui")
        spellings = (dev_eui.upper(), dev_eui.lower())
        found = [thing for thing in self.things.values() if thing.attributes.get("devEUI") in spellings]
        return [replace(thing, thing_id=None) for thing in found]

    def thing(self, thing_name):
        self._called("thing")
        return self.things.get(thing_name)

    def create(self, thing):
        self._called("create")
        made = self.things.setdefault(thing.thing_name, replace(thing, thing_id=_new_id()))
        if (made.thing_type_name, dict(made.attributes)) != (thing.thing_type_name, dict(thing.attributes)):
            raise ThingExistsAnswer(f"There is another thing {thing.thing_name} already.")
        return made.thing_id

    def repair(self, thing):
        self._called("repair")
        was = self.things.get(thing.thing_name)
        if was is None:
            return False
        thing_type_name = thing.thing_type_name or was.thing_type_name
        attributes = {**was.attributes, **thing.attributes}
        self.things[thing.thing_name] = replace(was, thing_type_name=thing_type_name, attributes=attributes)
        return True

    def _called(self, method):
        self.calls[method] += 1
        for error in self.troubles.pop(method, [])[:1]:
            raise error
        self.before.pop(method, lambda: None)()


def _new_id():
    return str(uuid.uuid4())
