"""ReportOutcome, ReportRejection, ReportFailure: users and operators learn what happened and what to do.

Thing log and shadow are for people, so trouble with them never fails a run.
"""

from collections.abc import Callable
from dataclasses import dataclass

from workflows.domain.report import (
    Report,
    is_end_of_thing,
    is_shown,
    log_line,
    names_another_thing,
    names_later_change,
    shadow_state,
)
from workflows.errors import ShadowChangedAnswer
from workflows.ports import RegistrationShadow, Shadow, ThingLog, Things
from workflows.ports.journal import Heads

_WRITERS_AT_ONCE = 3

# Of the thing log: put, create the stream, put again. Of the shadow: read, perhaps ask, write, against other writers.
CALLS_AT_MOST = 3 + 3 * _WRITERS_AT_ONCE


@dataclass(frozen=True, slots=True)
class Reporter:
    """``on_trouble`` gets what kept the log or the shadow from being written."""

    thing_log: ThingLog
    shadow: RegistrationShadow
    things: Things
    heads: Heads
    application_id: str
    on_trouble: Callable[[str, Exception], None]

    def tell(self, report: Report, *, shows: bool) -> None:
        """Write the thing's log; write its shadow if it ``shows`` this outcome."""
        thing_name = report.subject.thing_name
        if thing_name is None:
            return
        self._try("thing log", lambda: self.thing_log.write(thing_name, log_line(report, self.application_id)))
        if is_end_of_thing(report):
            self._try("shadow", lambda: self._remove_shadow(thing_name, report))
        elif shows:
            self._try("shadow", lambda: self._write_shadow(thing_name, report))

    def _try(self, where: str, write: Callable[[], None]) -> None:
        try:
            write()
        except Exception as error:  # noqa: BLE001  # the run did its job, whatever keeps this from being told
            self.on_trouble(where, error)

    def _remove_shadow(self, thing_name: str, report: Report) -> None:
        """AWS keeps the shadows of deleted things; the name may be a new thing's by now."""
        thing = self.things.thing(thing_name)
        if thing is None or thing.thing_id == report.subject.thing_id:
            self.shadow.delete(thing_name)

    def _write_shadow(self, thing_name: str, report: Report) -> None:
        state = shadow_state(report, self.application_id)
        for _ in range(_WRITERS_AT_ONCE):
            found = self.shadow.read(thing_name)
            if found and self._is_overtaken(thing_name, report, found):
                return None
            try:
                return self.shadow.write(thing_name, state, over=found)
            except ShadowChangedAnswer:
                continue
        raise ShadowChangedAnswer(f"The shadow of {thing_name} kept changing.")

    def _is_overtaken(self, thing_name: str, report: Report, found: Shadow) -> bool:
        """Tell whether a later run has been faster. What the shadow says is a reason to ask, and proves nothing."""
        thing_id = report.subject.thing_id
        if thing_id is not None and names_another_thing(report, found.reported):
            thing = self.things.thing(thing_name)
            return thing is not None and thing.thing_id != thing_id
        if thing_id is not None and names_later_change(report, found.reported):
            return not is_shown(report, self.heads.read(thing_id).settled)
        return False
