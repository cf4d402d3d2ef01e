"""What the steps ask of the outside world, in the domain's words; the adapters answer."""

from collections.abc import Mapping
from typing import Literal, Protocol

from workflows.domain.device import DeviceIds, IdentityRecord, RadioSettings, RootKeys

Server = Literal["js", "ns", "as"]


class DeviceRegistry(Protocol):
    """One application of The Things Stack.

    Every method may raise ``RegistryThrottledError``, ``RegistryUnavailableError``, ``AccessDeniedError``,
    ``StackConfigurationError``, ``UnexpectedAnswerError``; what else it may raise stands at the method.
    """

    @property
    def application_id(self) -> str: ...

    def identity(self, device_id: str) -> IdentityRecord | None:
        """Read the Identity Server's record; None if there is none."""

    def create_identity(self, record: IdentityRecord) -> None:
        """Raise ``DeviceIdTakenAnswer``, ``EuisTakenAnswer`` or ``ValueRefusedAnswer``."""

    def update_identity(self, device_id: str, changes: Mapping[str, str | Mapping[str, str]]) -> None:
        """Write ``name``, ``description`` and ``attributes`` (a whole map); raise ``DeviceNotFoundAnswer``."""

    def delete_identity(self, device_id: str) -> None:
        """Gone already is success."""

    def set_join(self, ids: DeviceIds, root_keys: RootKeys) -> None:
        """Raise ``EuisTakenAnswer``, ``EuisFixedAnswer`` or ``ValueRefusedAnswer``."""

    def set_network(self, ids: DeviceIds, settings: RadioSettings) -> None:
        """Raise ``EuisTakenAnswer``, ``EuisFixedAnswer`` or ``ValueRefusedAnswer``."""

    def set_application(self, ids: DeviceIds) -> None:
        """Raise ``EuisTakenAnswer``, ``EuisFixedAnswer`` or ``ValueRefusedAnswer``."""

    def has_record(self, server: Server, device_id: str) -> bool:
        """Tell whether this server knows the device."""

    def delete_record(self, server: Server, device_id: str) -> None:
        """Gone already is success."""

    def claim(self, ids: DeviceIds, authentication_code: str) -> None:
        """Raise ``ClaimDeniedAnswer``, or ``ClaimRejectedError`` for what no later look can settle."""

    def unclaim(self, device_id: str) -> None:
        """No claim of ours is success. Raise ``DeviceNotFoundAnswer`` without an Identity Server record."""

    def holds_claim(self, device_id: str) -> bool:
        """Tell whether the device is claimed by this application's tenant; needs the Identity Server record."""
