"""Thing types and event switches in memory."""

from workflows.domain.thing_type import ThingType
from workflows.errors import RegistryThrottledError
from workflows.ports.thing_registry import ThingRegistry


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
        return ThingType(is_deprecated=name in self.deprecated, searchable=self.types[name])

    def create_thing_type(self, name, searchable_attributes):
        self.types.setdefault(name, tuple(searchable_attributes))

    def make_searchable(self, name, found, attributes):
        self.types[name] = tuple(attributes)

    def event_switches(self):
        return dict(self.switches)

    def set_event_switches(self, switches):
        self.written.append(dict(switches))
        self.switches = dict(switches)
