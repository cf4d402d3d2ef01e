"""Writes the latest outcome of a thing to its shadow ``registration``. The device may write there, too."""

from workflows.domain.report import Report, is_shown, names_another_thing, names_later_change, shadow_state
from workflows.errors import ShadowChangedAnswer
from workflows.ports.journal import Snapshots
from workflows.ports.reporting import RegistrationShadow, Shadow
from workflows.ports.things import Things
from workflows.values import value

_WRITERS_AT_ONCE = 3

# Read, check if needed, write; again for each other writer. The functions' timeouts depend on it.
CALLS_AT_MOST = 3 * _WRITERS_AT_ONCE


@value
class ShadowWriter:
    shadow: RegistrationShadow
    things: Things
    snapshots: Snapshots
    application_id: str

    def write(self, thing_name: str, report: Report) -> None:
        """Write ``report``, unless a later change is shown. Raise ``ShadowChangedAnswer`` if it keeps changing."""
        state = shadow_state(report, self.application_id)
        for _ in range(_WRITERS_AT_ONCE):
            found = self.shadow.read(thing_name)
            if found and self._is_overtaken(thing_name, report, found):
                return None
            try:
                return self.shadow.write(thing_name, state, over=found)
            except ShadowChangedAnswer:
                continue
        raise ShadowChangedAnswer(f"The shadow of {thing_name} changed at each try.")

    def _is_overtaken(self, thing_name: str, report: Report, found: Shadow) -> bool:
        """Return whether a later run was faster. The shadow proves nothing: ask AWS IoT or the journal."""
        thing_id = report.subject.thing_id
        if thing_id is not None and names_another_thing(report, found.reported):
            thing = self.things.thing(thing_name)
            return thing is not None and thing.thing_id != thing_id
        if thing_id is not None and names_later_change(report, found.reported):
            return not is_shown(report, self.snapshots.read(thing_id).settled)
        return False
