"""What the user of a thing is told about a device that was born in The Things Stack; trouble with it stops nothing."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from workflows.domain.activity import Activity
from workflows.domain.facts import RegisteredDevice
from workflows.domain.mirroring import RegistryThing
from workflows.domain.report import linked_line, mismatch_line
from workflows.errors import MismatchingStackError
from workflows.ports import ThingLog

# Put, create the stream, put again. The function's timeout rests on it.
CALLS_AT_MOST = 3


@dataclass(frozen=True, slots=True)
class ThingTeller:
    """``on_trouble`` gets what kept the log from being written."""

    thing_log: ThingLog
    application_id: str
    now: Callable[[], datetime]
    on_trouble: Callable[[str, Exception], None]

    def linked(self, thing: RegistryThing, device: RegisteredDevice) -> None:
        line = linked_line(thing.thing_id or "", device.device_id, self.application_id, at=self.now())
        self._write(thing.thing_name, line)

    def refused(self, error: MismatchingStackError, activity: Activity) -> None:
        self._write(error.thing_name, mismatch_line(error, activity.device_id, self.application_id, at=self.now()))

    def _write(self, thing_name: str, line: dict[str, object]) -> None:
        try:
            self.thing_log.write(thing_name, {"thingName": thing_name, **line})
        except Exception as error:  # noqa: BLE001  # the work is done, whatever keeps this from being told
            self.on_trouble("thing log", error)
