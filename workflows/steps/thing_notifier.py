"""What the user of a thing is told because its device joined or sent; trouble with it stops nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from workflows.domain.activity import Activity
from workflows.domain.facts import RegisteredDevice
from workflows.domain.mirroring import Link, RegistryThing
from workflows.domain.report import linked_line, linked_report, refused_line, restored_line
from workflows.errors import DeviceRefusedError
from workflows.ports import ThingLog
from workflows.steps.shadow_writing import CALLS_AT_MOST as SHADOW_CALLS_AT_MOST
from workflows.steps.shadow_writing import ShadowWriter

# Of the thing log: put, create the stream, put again; and the shadow. The function's timeout rests on it.
CALLS_AT_MOST = 3 + SHADOW_CALLS_AT_MOST


@dataclass(frozen=True, slots=True)
class ThingNotifier:
    """``shows`` writes the shadow; ``on_trouble`` gets what kept the log or the shadow from being written."""

    thing_log: ThingLog
    shows: ShadowWriter
    application_id: str
    now: Callable[[], datetime]
    on_trouble: Callable[[str, Exception], None]

    def linked(self, link: Link) -> None:
        """Tell that the thing has the device now; no event of the thing does."""
        at = self.now()
        self._log(link.thing_name, linked_line(link, self.application_id, at=at))
        if report := linked_report(link, at=at):
            self._try("shadow", lambda: self.shows.write(link.thing_name, report))

    def restored(self, thing: RegistryThing, lost: RegistryThing, device: RegisteredDevice) -> None:
        """Tell what the thing got back."""
        names = [*([] if thing.thing_type_name else ["its thing type"]), *lost.attributes]
        line = restored_line(thing.thing_id or "", device, names, self.application_id, at=self.now())
        self._log(thing.thing_name, line)

    def refused(self, error: DeviceRefusedError, activity: Activity) -> None:
        """Tell a thing that is in the way, if one is."""
        if error.thing_name is not None:
            line = refused_line(error, activity.device_id, self.application_id, at=self.now())
            self._log(error.thing_name, line)

    def _log(self, thing_name: str, line: dict[str, object]) -> None:
        self._try("thing log", lambda: self.thing_log.write(thing_name, {"thingName": thing_name, **line}))

    def _try(self, where: str, write: Callable[[], None]) -> None:
        try:
            write()
        except Exception as error:  # noqa: BLE001  # the work is done, whatever keeps this from being told
            self.on_trouble(where, error)
