"""Ask The Things Stack about the device of one thing, as reconcile does, even if some of its servers do not answer."""

from collections.abc import Callable
from typing import TypeVar

from operate.adapters.aws_errors import EXPECTED, explained
from operate.adapters.things_stack import prompt_inspection
from operate.operator import Operator
from operate.views.status import DeviceCheck
from workflows.domain.attribute import Server
from workflows.domain.attributes import DeviceValues
from workflows.domain.device import IdentityRecord, NetworkRecord
from workflows.domain.fold import Settled
from workflows.errors import AccessDeniedError, SyncError
from workflows.ports.drift import DeviceReader
from workflows.ports.journal import Snapshot
from workflows.steps.drift.inspection import Inspector

T = TypeVar("T")

SERVER_NAMES = {
    "is": "Identity Server",
    "js": "Join Server",
    "ns": "Network Server",
    "as": "Application Server",
    "edcs": "Device Claiming Server",
}


class ReachableServers(DeviceReader):
    """Takes for right what a server that does not answer would say, and records that it was not asked.

    Without the Identity Server nothing can be compared: its errors are raised.
    """

    def __init__(self, devices: DeviceReader) -> None:
        self._devices = devices
        self.unreachable: list[str] = []

    def identity(self, device_id: str) -> IdentityRecord | None:
        return self._devices.identity(device_id)

    def has_record(self, server: Server, device_id: str) -> bool:
        return self._asked(server, lambda: self._devices.has_record(server, device_id), otherwise=True)

    def holds_claim(self, device_id: str) -> bool:
        return self._asked("edcs", lambda: self._devices.holds_claim(device_id), otherwise=True)

    def network(self, device_id: str) -> NetworkRecord | None:
        return self._asked("ns", lambda: self._devices.network(device_id), otherwise=None)

    def application(self, device_id: str) -> DeviceValues | None:
        return self._asked("as", lambda: self._devices.application(device_id), otherwise=None)

    def _asked(self, server: str, ask: Callable[[], T], *, otherwise: T) -> T:
        try:
            return ask()
        except SyncError as error:
            text = not_reachable(SERVER_NAMES[server], error)
            if text not in self.unreachable:
                self.unreachable.append(text)
            return otherwise


def not_reachable(server: str, error: Exception) -> str:
    how = "refused the API key" if isinstance(error, AccessDeniedError) else "not reachable"
    return f"{server} {how}: {error}"


def check_device(operator: Operator, snapshot: Snapshot, version_number: int) -> DeviceCheck | None:
    """Compare the device of a registered thing with all servers; an outage is part of the result.

    None if the device need not be as the thing is now: a run is working, or failed, or the last event has not arrived.
    """
    if snapshot.status != "registered" or not _is_settled(snapshot.state.settled, version_number):
        return None
    try:
        devices = ReachableServers(prompt_inspection(operator.stack, operator.clients.secretsmanager))
        inspector = Inspector(operator.scope, operator.things, operator.journal, devices, deep=True)
        found = inspector.of_thing(snapshot.thing_name, [snapshot.thing_id])
    except EXPECTED as error:
        return DeviceCheck(unreachable=(_not_asked(error),))
    own = [each for each in found if each.thing_id == snapshot.thing_id]
    return DeviceCheck(
        differences=tuple(text for each in own for text in each.text.split("; ")),
        unreachable=tuple(devices.unreachable),
        is_repairable=any(each.repair for each in own),
    )


def _not_asked(error: Exception) -> str:
    if isinstance(error, SyncError):
        return not_reachable("The Things Stack", error)
    return f"The Things Stack was not asked: {explained(error, 'status')}"


def _is_settled(settled: Settled | None, version_number: int) -> bool:
    return settled is not None and settled.version_number >= version_number
