"""Notifies a thing's user of what Thingsync did because the device joined or sent."""

from collections.abc import Callable
from datetime import datetime

from workflows.domain.activity import Activity
from workflows.domain.facts import RegisteredDevice
from workflows.domain.mirroring import Link, RegistryThing
from workflows.domain.report import linked_line, linked_report, refused_line, restored_line
from workflows.errors import DeviceRefusedError
from workflows.ports.reporting import ThingLog
from workflows.steps.best_effort import best_effort
from workflows.steps.shadow_writing import CALLS_AT_MOST as SHADOW_CALLS_AT_MOST
from workflows.steps.shadow_writing import ShadowWriter
from workflows.values import value

# The thing log: put, create the stream, put again. Then the shadow. The function's timeout depends on it.
CALLS_AT_MOST = 3 + SHADOW_CALLS_AT_MOST


@value
class ThingNotifier:
    """``on_write_failure`` is called with the place and the error if the log or the shadow cannot be written."""

    thing_log: ThingLog
    shadow_writer: ShadowWriter
    application_id: str
    now: Callable[[], datetime]
    on_write_failure: Callable[[str, Exception], None]

    def linked(self, link: Link) -> None:
        """Report that the thing has the device now. No event of the thing reports that."""
        at = self.now()
        self._log(link.thing_name, linked_line(link, self.application_id, at=at))
        if report := linked_report(link, at=at):
            self._try("shadow", lambda: self.shadow_writer.write(link.thing_name, report))

    def restored(self, thing: RegistryThing, lost: RegistryThing, device: RegisteredDevice) -> None:
        """Report which parts of the thing were restored."""
        names = [*([] if thing.thing_type_name else ["its thing type"]), *lost.attributes]
        line = restored_line(thing.thing_id or "", device, names, self.application_id, at=self.now())
        self._log(thing.thing_name, line)

    def refused(self, error: DeviceRefusedError, activity: Activity) -> None:
        """Report the refusal in the log of the thing that is in the way, if there is one."""
        if error.thing_name is not None:
            line = refused_line(error, activity.device_id, self.application_id, at=self.now())
            self._log(error.thing_name, line)

    def _log(self, thing_name: str, line: dict[str, object]) -> None:
        self._try("thing log", lambda: self.thing_log.write(thing_name, {"thingName": thing_name, **line}))

    def _try(self, where: str, write: Callable[[], None]) -> None:
        best_effort(where, write, self.on_write_failure)
