"""What the steps ask of The Things Stack."""

from collections.abc import Collection, Container, Sequence
from typing import Protocol

from workflows.domain.attribute import Server
from workflows.domain.attributes import NO_KEYS, DeviceKeys, DeviceValues
from workflows.domain.device import DeviceIds, IdentityRecord, NetworkRecord
from workflows.domain.model import Firmware, ModelVersion, Template


class DeviceRegistry(Protocol):
    """One application of The Things Stack.

    Every method may raise ``RegistryThrottledError``, ``RegistryUnavailableError``, ``AccessDeniedError``,
    ``StackConfigurationError``, ``UnexpectedAnswerError``; each method names what else it may raise.
    """

    @property
    def application_id(self) -> str: ...

    def identity(self, device_id: str) -> IdentityRecord | None:
        """Read the Identity Server's record; None if there is none."""

    def with_dev_eui(self, dev_eui: str) -> Sequence[IdentityRecord]:
        """Search the application for devices: where one has no JoinEUI, any number may have the same DevEUI."""

    def create_identity(self, record: IdentityRecord) -> IdentityRecord:
        """Return the record, with when it was made.

        Raise ``DeviceIdTakenAnswer``, ``EuisTakenAnswer`` or ``ValueRefusedAnswer``.
        Or ``DeviceConflictError`` where that settles it, ``PlanLimitError`` where there is no room for another device.
        """

    def update_identity(self, record: IdentityRecord, names: Sequence[str], *, with_mark: bool = False) -> None:
        """Write the values ``names``, cleared where ``record`` has none, and ``with_mark`` the attributes that it has.

        Raise ``DeviceNotFoundAnswer``, ``ValueRefusedAnswer``, or ``DeviceConflictError`` where that settles it.
        """

    def delete_identity(self, device_id: str) -> None:
        """Gone already is success."""

    def set_join(self, ids: DeviceIds, keys: DeviceKeys) -> None:
        """Raise ``EuisTakenAnswer``, ``EuisFixedAnswer`` or ``ValueRefusedAnswer``."""

    def set_network(
        self, ids: DeviceIds, values: DeviceValues, keys: DeviceKeys = NO_KEYS, *, cleared: Collection[str] = ()
    ) -> None:
        """Register a device, or write over one; it joins if ``values`` has no DevAddr. Raise as ``set_join``.

        The values ``cleared`` are taken from one that is there.
        """

    def update_network(
        self, ids: DeviceIds, values: DeviceValues, names: Container[str], keys: DeviceKeys = NO_KEYS
    ) -> None:
        """Write the values ``names`` to a device that is there, cleared where ``values`` has none; and ``keys``.

        Raise as ``set_join``.
        """

    def network(self, device_id: str) -> NetworkRecord | None:
        """Read what the Network Server has; None if it does not know the device."""

    def set_application(
        self, ids: DeviceIds, values: DeviceValues, keys: DeviceKeys = NO_KEYS, *, cleared: Collection[str] = ()
    ) -> None:
        """Write as ``set_network`` does. Raise ``EuisTakenAnswer``, ``EuisFixedAnswer`` or ``ValueRefusedAnswer``."""

    def update_application(
        self, ids: DeviceIds, values: DeviceValues, names: Container[str], keys: DeviceKeys = NO_KEYS
    ) -> None:
        """Write as ``update_network`` does; raise as ``set_application``."""

    def application(self, device_id: str) -> DeviceValues | None:
        """Read what the Application Server has; None if it does not know the device."""

    def has_record(self, server: Server, device_id: str) -> bool:
        """Return whether this server knows the device."""

    def delete_record(self, server: Server, device_id: str) -> None:
        """Gone already is success."""

    def claim(self, ids: DeviceIds, authentication_code: str) -> None:
        """Raise ``ClaimDeniedAnswer``, ``ValueRefusedAnswer``, or ``ClaimRejectedError`` where that settles it."""

    def unclaim(self, device_id: str) -> None:
        """No claim of ours is success. Raise ``DeviceNotFoundAnswer`` without an Identity Server record."""

    def holds_claim(self, device_id: str) -> bool:
        """Return whether the device is claimed by this application's tenant; raise as ``unclaim`` does."""


class DeviceRepository(Protocol):
    """The models of devices that a deployment of The Things Stack knows, and its frequency plans.

    Every method may raise what those of ``DeviceRegistry`` may, and all but ``band`` and ``template_by_numbers``
    ``NoDeviceRepositoryAnswer``.
    """

    def brands(self) -> Sequence[str]: ...

    def models(self, brand_id: str) -> Sequence[str]:
        """Return none for an unknown brand."""

    def firmware(self, brand_id: str, model_id: str) -> tuple[Firmware, ...]:
        """Return the firmware versions of a model as they are listed; raise ``ValueRefusedAnswer``."""

    def template(self, version: ModelVersion) -> Template:
        """Raise ``ValueRefusedAnswer``."""

    def template_by_numbers(self, vendor_id: int, profile_id: int) -> Template | None:
        """Return the template of what a label names; None if nothing is known by these numbers."""

    def band(self, plan_id: str) -> str | None:
        """Return the band of a frequency plan; None if the deployment has no such plan."""
