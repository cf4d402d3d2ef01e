"""The servers of The Things Stack, asked about one device although some of them may not answer."""

from collections.abc import Callable
from typing import TypeVar

from workflows.domain.attribute import Server
from workflows.domain.attributes import DeviceValues
from workflows.domain.device import IdentityRecord, NetworkRecord
from workflows.errors import AccessDeniedError, SyncError
from workflows.ports.drift import DeviceReader

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
