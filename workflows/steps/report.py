"""ReportOutcome, ReportRejection, ReportFailure: show users and operators what happened and what to do.

The thing's log and shadow are for people. If one cannot be written, the run does not fail.
"""

from collections.abc import Callable

from workflows.domain.report import Report, is_end_of_thing, log_line
from workflows.ports.reporting import RemovableShadow, ThingLog
from workflows.ports.things import Things
from workflows.steps.best_effort import best_effort
from workflows.steps.shadow_writing import CALLS_AT_MOST as SHADOW_CALLS_AT_MOST
from workflows.steps.shadow_writing import ShadowWriter
from workflows.values import value

# The thing log: create the stream, put; or put, create the stream, put again. Then the shadow.
CALLS_AT_MOST = 3 + SHADOW_CALLS_AT_MOST


@value
class Reporter:
    """``on_write_failure`` is called with the place and the error if the log or the shadow cannot be written."""

    thing_log: ThingLog
    shadow: RemovableShadow
    things: Things
    shadow_writer: ShadowWriter
    application_id: str
    on_write_failure: Callable[[str, Exception], None]

    def report(self, report: Report, *, update_shadow: bool) -> None:
        """Write the thing's log; write its shadow if ``update_shadow``, or remove it at the end of the thing."""
        thing_name = report.subject.thing_name
        if thing_name is None:
            return
        line, is_first = log_line(report, self.application_id), report.subject.operation == "CREATED"
        self._try("thing log", lambda: self.thing_log.write(thing_name, line, is_first=is_first))
        if is_end_of_thing(report):
            self._try("shadow", lambda: self._remove_shadow(thing_name, report))
        elif update_shadow:
            self._try("shadow", lambda: self.shadow_writer.write(thing_name, report))

    def _try(self, where: str, write: Callable[[], None]) -> None:
        best_effort(where, write, self.on_write_failure)

    def _remove_shadow(self, thing_name: str, report: Report) -> None:
        """AWS does not delete the shadows of deleted things. Leave the shadow if a new thing has the name."""
        thing = self.things.thing(thing_name)
        if thing is None or thing.thing_id == report.subject.thing_id:
            self.shadow.delete(thing_name)
