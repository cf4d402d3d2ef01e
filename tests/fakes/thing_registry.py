"""Thing types and event switches in memory."""

from workflows.errors import RegistryThrottledError
from workflows.ports import ThingRegistry


class FakeThingRegistry(ThingRegistry):
    """``types`` maps names to searchable attributes; ``throttled`` makes every read fail."""

    def __init__(self, *, types=None, deprecated=(), switches=None, throttled=False):
        self.types, self.deprecated = dict(types or {}), set(deprecated)
        self.switches, self.throttled = dict(switches or {}), throttled
        self.written = []

    def thing_type(self, name):
        if self.throttled:
            raise RegistryThrottledError("AWS throttled DescribeThingType.")
        if name not in self.types:
            return None
        return "deprecated" if name in self.deprecated else "usable"

    def create_thing_type(self, name, searchable_attributes):
        self.types.setdefault(name, tuple(searchable_attributes))

    def event_switches(self):
        return dict(self.switches)

    def set_event_switches(self, switches):
        self.written.append(dict(switches))
        self.switches = dict(switches)
