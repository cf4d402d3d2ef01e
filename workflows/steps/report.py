"""ReportOutcome, ReportRejection, ReportFailure: users and operators learn what happened and what to do.

Thing log and shadow are for people, so trouble with them never fails a run.
"""

from collections.abc import Callable
from dataclasses import dataclass

from workflows.domain.report import Report, is_end_of_thing, is_older, is_shown, log_line, shadow_state
from workflows.errors import ShadowChangedAnswer
from workflows.ports import RegistrationShadow, RemovableShadow, ThingLog, Things

_WRITERS_AT_ONCE = 3

# Read and write, against other writers.
SHADOW_CALLS_AT_MOST = 2 * _WRITERS_AT_ONCE

# Of the thing log: put, create the stream, put again; and the shadow.
CALLS_AT_MOST = 3 + SHADOW_CALLS_AT_MOST


@dataclass(frozen=True, slots=True)
class Reporter:
    """``on_trouble`` gets what kept the log or the shadow from being written."""

    thing_log: ThingLog
    shadow: RemovableShadow
    things: Things
    application_id: str
    on_trouble: Callable[[str, Exception], None]

    def tell(self, report: Report) -> None:
        """Write the thing's log; write its shadow, unless nothing was done."""
        thing_name = report.subject.thing_name
        if thing_name is None:
            return
        self._try("thing log", lambda: self.thing_log.write(thing_name, log_line(report, self.application_id)))
        if is_end_of_thing(report):
            self._try("shadow", lambda: self._remove_shadow(thing_name, report))
        elif is_shown(report):
            self._try("shadow", lambda: write_shadow(self.shadow, thing_name, report, self.application_id))

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


def write_shadow(shadow: RegistrationShadow, thing_name: str, report: Report, application_id: str) -> None:
    """Show ``report``, unless a later change is shown. Raise ``ShadowChangedAnswer`` if it keeps changing."""
    state = shadow_state(report, application_id)
    for _ in range(_WRITERS_AT_ONCE):
        found = shadow.read(thing_name)
        if found and is_older(report, found.reported):
            return None
        try:
            return shadow.write(thing_name, state, version=found.version if found else None)
        except ShadowChangedAnswer:
            continue
    raise ShadowChangedAnswer(f"The shadow of {thing_name} kept changing.")
