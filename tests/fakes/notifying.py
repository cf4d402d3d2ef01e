"""The thing log and the shadow ``registration`` in memory."""

from workflows.errors import ShadowChangedAnswer
from workflows.ports.reporting import RemovableShadow, Shadow, ThingLog


class FakeThingLog(ThingLog):
    """``lines``: what was written, by thing name."""

    def __init__(self):
        self.lines = {}

    def write(self, thing_name, line, *, is_first=False):
        self.lines.setdefault(thing_name, []).append(dict(line))


class FakeShadow(RemovableShadow):
    """``shadows``: what is reported and its version, by thing name."""

    def __init__(self):
        self.shadows = {}

    def read(self, thing_name):
        return self.shadows.get(thing_name)

    def write(self, thing_name, reported, *, over):
        found = self.shadows.get(thing_name, Shadow({}, 0))
        if over is not None and over.version != found.version:
            raise ShadowChangedAnswer(thing_name)
        before = {} if over else found.reported
        self.shadows[thing_name] = Shadow(_merged(before, reported), found.version + 1)

    def delete(self, thing_name):
        self.shadows.pop(thing_name, None)


def _merged(old, new):
    """Merge as AWS IoT does: objects key by key, None removes."""
    both = dict(old)
    for key, value in new.items():
        inner = both.get(key)
        both[key] = _merged(inner if isinstance(inner, dict) else {}, value) if isinstance(value, dict) else value
    return {key: value for key, value in both.items() if value is not None}
