"""RemoveKeys: a change of a thing is settled ► keys and codes that its device has now go from the thing."""

from collections.abc import Callable, Mapping
from datetime import datetime

from workflows.domain.facts import RegisteredDevice
from workflows.domain.keyless import KeyRemoval, is_registered_as_it_is, without_secrets
from workflows.domain.registry_things import DescribedThing
from workflows.domain.report import keyless_line, unremoved_line
from workflows.errors import OperatorError, RegistryUnavailableError, ThingRefusedAnswer
from workflows.ports.drift import ThingReader
from workflows.ports.journal import Snapshots
from workflows.ports.reporting import ThingLog
from workflows.ports.things import AttributeWriter
from workflows.steps.best_effort import best_effort
from workflows.values import value

# Of one fact: the snapshot, the thing, its update; and the log: put, create the stream, put again.
CALLS_AT_MOST = 3 + 3


@value
class KeyRemover:
    """``on_log_failure`` is called with the place and the error if the thing's log cannot be written."""

    snapshots: Snapshots
    things: ThingReader
    writer: AttributeWriter
    thing_log: ThingLog
    application_id: str
    on_log_failure: Callable[[str, Exception], None]

    def remove(self, thing_id: str, thing_name: str, *, at: datetime) -> KeyRemoval:
        """Take the keys and codes off the thing if its device is registered.

        A thing that has changed since waits for the fact of its change. What fails for this thing alone, and would fail
        again, is a result: it must not hold up the others.

        Raises:
            RegistryUnavailableError: AWS IoT does not show yet what is settled.
        """
        try:
            state = self.snapshots.read(thing_id)
        except OperatorError as error:
            return KeyRemoval(error_name=type(error).__name__)
        thing = self.things.describe(thing_name)
        if thing is None or thing.thing_id != thing_id or state.device is None or state.settled is None:
            return KeyRemoval()
        if thing.version_number < state.settled.version_number:
            raise RegistryUnavailableError(f"AWS IoT does not show the latest version of thing {thing_name} yet.")
        changes = without_secrets(thing.attributes, state.device.join_eui)
        if not changes or not is_registered_as_it_is(thing, state):
            return KeyRemoval()
        return self._write(thing, changes, state.device, at)

    def _write(
        self, thing: DescribedThing, changes: Mapping[str, str], device: RegisteredDevice, at: datetime
    ) -> KeyRemoval:
        names = tuple(name for name, text in changes.items() if not text)
        try:
            if self.writer.write_attributes(thing.thing_name, changes, thing.version_number) != "written":
                return KeyRemoval()
        except ThingRefusedAnswer as error:
            self._log(thing.thing_name, unremoved_line(thing, device, names, self.application_id, at=at))
            return KeyRemoval(left=names, error_name=type(error).__name__)
        self._log(thing.thing_name, keyless_line(thing.thing_id, device, names, self.application_id, at=at))
        return KeyRemoval(removed=names)

    def _log(self, thing_name: str, line: Mapping[str, object]) -> None:
        best_effort("thing log", lambda: self.thing_log.write(thing_name, line), self.on_log_failure)
