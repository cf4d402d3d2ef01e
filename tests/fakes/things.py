"""The things that are there now, in memory."""

from workflows.ports.things import CurrentThing, Things


class FakeThings(Things):
    """``things``: name to thing; ``asked`` is what was read."""

    def __init__(self, *things):
        """``things``: the name, the thing ID and the stack name of each."""
        self.things = {name: CurrentThing(thing_id, stack_name) for name, thing_id, stack_name in things}
        self.asked = []

    def thing(self, thing_name):
        self.asked.append(thing_name)
        return self.things.get(thing_name)
