"""ReportOutcome, ReportRejection, ReportFailure: users and operators learn what happened and what to do.

Thing log and shadow are for people, so trouble with them never fails a run.
"""

from collections.abc import Callable
from dataclasses import dataclass

from workflows.domain.report import Report, is_end_of_thing, log_line
from workflows.ports import RemovableShadow, ThingLog, Things
from workflows.steps.shadow_writing import CALLS_AT_MOST as SHADOW_CALLS_AT_MOST
from workflows.steps.shadow_writing import ShadowWriter

# Of the thing log: put, create the stream, put again; and the shadow.
CALLS_AT_MOST = 3 + SHADOW_CALLS_AT_MOST


@dataclass(frozen=True, slots=True)
class Reporter:
    """``shows`` writes the shadow; ``on_trouble`` gets what kept the log or the shadow from being written."""

    thing_log: ThingLog
    shadow: RemovableShadow
    things: Things
    shows: ShadowWriter
    application_id: str
    on_trouble: Callable[[str, Exception], None]

    def report(self, report: Report, *, shows: bool) -> None:
        """Write the thing's log; write its shadow if it ``shows`` this outcome."""
        thing_name = report.subject.thing_name
        if thing_name is None:
            return
        self._try("thing log", lambda: self.thing_log.write(thing_name, log_line(report, self.application_id)))
        if is_end_of_thing(report):
            self._try("shadow", lambda: self._remove_shadow(thing_name, report))
        elif shows:
            self._try("shadow", lambda: self.shows.write(thing_name, report))

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
