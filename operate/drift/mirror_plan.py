"""Devices without a thing ► which of them become things, under which name, and why the others do not."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from operate.pacing import Pace
from workflows.adapters.drift.survey import Survey
from workflows.domain.activity import NO_DEV_EUI
from workflows.domain.device import IdentityRecord
from workflows.domain.drift.findings import Finding
from workflows.domain.identifiers import is_device_id
from workflows.domain.mark import mark_in
from workflows.domain.mirroring import MirrorRules, WantedThing
from workflows.domain.mismatches import device_of_another_stack, thing_of_a_living_device
from workflows.errors import DeviceRefusedError, StackConfigurationError, ThingGoneAnswer
from workflows.ports.drift import DeviceReader
from workflows.steps.concurrency import map_concurrently
from workflows.steps.finding import Finder, FoundThing
from workflows.steps.mirror import refusal
from workflows.values import value

_RELEASED = (
    "thing {thing_name} had it and left it in The Things Stack, so it gets a thing only if it sends, or by a thing "
    "that you create"
)


class NoThingError(Exception):
    """The device gets no thing; the text says why."""


@value
class Prospect:
    """Finds by the rules of MirrorDevice which thing a device would get now; it changes nothing."""

    devices: DeviceReader
    finder: Finder
    rules: MirrorRules

    def thing_name(self, record: IdentityRecord) -> str:
        """Return the name of the thing that would be made for the device, or linked with it.

        Raises:
            NoThingError: nobody has to be asked.
            DeviceRefusedError, StackConfigurationError: as ``Mirror.ensure_thing``.
        """
        if not is_device_id(record.ids.device_id):
            raise NoThingError("its device ID is not one that Thingsync takes")
        if not record.ids.dev_eui:
            raise NoThingError(NO_DEV_EUI)
        wanted, mark = self.rules.wanted(record.ids), mark_in(record.attributes)
        if mark is not None and mark.stack_name != self.rules.stack_name:
            raise device_of_another_stack(mark, wanted)
        try:
            found = self._found(wanted)
        except ThingGoneAnswer:
            found = None
        return found.thing.thing_name if found else wanted.thing_name

    def _found(self, wanted: WantedThing) -> FoundThing | None:
        found = self.finder.find(wanted)
        if found is None:
            found = self.finder.find_by_name(wanted.thing_name)
            if found and (refused := refusal(found, wanted, evident=False)):
                raise refused
        if found and (living := self._living_device(found, wanted)):
            raise thing_of_a_living_device(found.thing.thing_name, living, wanted.ids)
        return found

    def _living_device(self, found: FoundThing, wanted: WantedThing) -> str | None:
        """Return another device that the thing has, if The Things Stack has it."""
        device = found.state.device
        if device is None or device.device_id == wanted.ids.device_id:
            return None
        record = self.devices.identity(device.device_id)
        return device.device_id if record and record.ids.euis_match(device.ids) else None


@value
class MirrorPlanner:
    """``pace``: each device takes two of the ten ListThings that the account has in a second."""

    prospect: Prospect
    survey: Survey
    pace: Pace

    def planned(self, findings: Iterable[Finding]) -> Iterator[Finding]:
        """Yield the findings; a foreign one says which thing its device becomes, or why it becomes none."""
        named: dict[str, str] = {}
        for found in map_concurrently(self._planned, map(self._with_former_thing, findings)):
            yield _once(found, named) if found.repair == "mirror" else found

    def _with_former_thing(self, found: Finding) -> tuple[Finding, str | None]:
        return found, self.survey.released_by(found.device_id or "") if found.kind == "foreign" else None

    def _planned(self, read: tuple[Finding, str | None]) -> Finding:
        found, released_by = read
        if found.kind != "foreign":
            return found
        if released_by:
            return _refused(found, _RELEASED.format(thing_name=released_by))
        self.pace.wait()
        record = self.prospect.devices.identity(found.device_id or "")
        if record is None:
            return _refused(found, "it has been deleted in The Things Stack since")
        try:
            return replace(found, thing_name=self.prospect.thing_name(record), repair="mirror")
        except (NoThingError, DeviceRefusedError, StackConfigurationError) as error:
            return _refused(found, str(error))


def _once(found: Finding, named: dict[str, str]) -> Finding:
    """Of two devices that would have the same thing, only the first becomes one."""
    thing_name, device_id = found.thing_name or "", found.device_id or ""
    first = named.setdefault(thing_name, device_id)
    if first == device_id:
        return replace(found, text=f"{found.text}; it becomes thing {thing_name}")
    reason = f"its thing would be {thing_name}, which device {first} becomes"
    return _refused(replace(found, thing_name=None, repair=None), reason)


def _refused(found: Finding, reason: str) -> Finding:
    return replace(found, text=f"{found.text}; it becomes no thing: {reason}")
