"""What the steps ask of the outside world, in the domain's words; the adapters answer."""

from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from workflows.domain.activity import Activity
from workflows.domain.attribute import Server
from workflows.domain.attributes import NO_KEYS, DeviceKeys, DeviceValues
from workflows.domain.device import DeviceIds, IdentityRecord, NetworkRecord
from workflows.domain.mirroring import RegistryThing
from workflows.domain.model import Firmware, ModelVersion, Template
from workflows.domain.publishing import FactEvent, Refusal
from workflows.domain.thing_type import ThingType


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


class Executions(Protocol):
    """Starts runs of the state machine. Every method may raise ``RegistryThrottledError``."""

    def start(self, name: str, event_text: str) -> bool:
        """Start a run; False if the name is taken."""

    def works_or_succeeded(self, name: str) -> bool:
        """Return whether the run of a taken name works or has succeeded; False if Step Functions does not show it."""


# unknown: Step Functions has no such run, or does not show it yet.
RunState = Literal["running", "ended", "unknown"]


class Runs(Protocol):
    """Reads whether a run is at work. It can start none: the functions that use it may not."""

    def state_of(self, name: str) -> RunState: ...


class DeadLetterQueue(Protocol):
    def put(self, body: str, error: Exception) -> None:
        """Store a message that cannot be processed, with the error's name and text."""


class FactBus(Protocol):
    """Where the systems beside get the facts."""

    def put(self, events: Sequence[FactEvent]) -> Refusal | None:
        """Publish at most ``EVENTS_AT_ONCE`` events; return the first that was not taken, None if all were.

        Raise ``RegistryThrottledError`` or ``RegistryUnavailableError`` if none was taken, or perhaps none.
        """


# Whether a thing was written; it is not if it has changed since it was read, or is gone.
WriteResult = Literal["written", "changed meanwhile", "deleted meanwhile"]


class AttributeWriter(Protocol):
    def write_attributes(self, thing_name: str, attributes: Mapping[str, str], version: int) -> WriteResult:
        """Write some attributes of the thing as it is in ``version``; an empty text removes its attribute.

        Raise ``ThingRefusedAnswer`` if AWS IoT will never take them.
        """


class DeviceSecrets(Protocol):
    def read(self, reference: str) -> str | None:
        """Return the secret behind a reference; None if there is none that this stack can read."""


class ThingLog(Protocol):
    def write(self, thing_name: str, line: Mapping[str, object], *, is_first: bool = False) -> None:
        """Append one line to the thing's stream; one that ``is_first`` saves a call, and any may be."""


@dataclass(frozen=True, slots=True)
class Shadow:
    """``version`` grows with every write; ``reported`` may be the device's own, and so proves nothing."""

    reported: Mapping[str, object]
    version: int


class RegistrationShadow(Protocol):
    """The named shadow ``registration`` of things."""

    def read(self, thing_name: str) -> Shadow | None:
        """Return None if the thing has no such shadow."""

    def write(self, thing_name: str, reported: Mapping[str, object], *, over: Shadow | None) -> None:
        """Put ``reported`` in the place of what was read, or write the first; None is as good as no value.

        Raise ``ShadowChangedAnswer`` if another has written since.
        """


class RemovableShadow(RegistrationShadow, Protocol):
    """The shadow, which can also be removed when its thing is deleted."""

    def delete(self, thing_name: str) -> None:
        """Gone already is success."""


@dataclass(frozen=True, slots=True)
class CurrentThing:
    """A thing as it is now; ``stack_name`` is None if its attributes name no stack."""

    thing_id: str
    stack_name: str | None


class Things(Protocol):
    """Things as they are now."""

    def thing(self, thing_name: str) -> CurrentThing | None:
        """Return the thing that bears the name now; None if none does.

        Raise ``RegistryThrottledError`` or ``RegistryUnavailableError``.
        """


class MirroredThings(Protocol):
    """The things that represent devices.

    Every method may raise ``RegistryThrottledError`` or ``RegistryUnavailableError``.
    """

    def with_dev_eui(self, dev_eui: str) -> Sequence[RegistryThing]:
        """Find the things with this devEUI, in upper or in lower case."""

    def thing(self, thing_name: str) -> RegistryThing | None:
        """Return the thing that bears the name now; None if none does."""

    def create(self, thing: RegistryThing) -> str:
        """Make the thing; return its ID. That it is there just so is success. Raise ``ThingExistsAnswer``."""

    def repair(self, thing: RegistryThing) -> bool:
        """Give the thing of this name the type and the attributes of ``thing``; its other attributes stay.

        Return whether there is such a thing.
        """


class ActivityQueue(Protocol):
    """The queue from the webhook to what makes things.

    May raise ``RegistryThrottledError`` or ``RegistryUnavailableError``.
    """

    def put(self, activity: Activity) -> None: ...


class WebhookSecret(Protocol):
    """What the webhook proves itself with."""

    def current(self) -> str:
        """Return the secret as last read."""

    def refreshed(self) -> str:
        """Read the secret again."""


class ThingRegistry(Protocol):
    """What an AWS account and region have for all things.

    Every method may raise ``RegistryThrottledError`` or ``RegistryUnavailableError``.
    """

    def thing_type(self, name: str) -> ThingType | None:
        """Return None if there is none of this name."""

    def create_thing_type(self, name: str, searchable_attributes: Sequence[str]) -> None:
        """There already is success."""

    def make_searchable(self, name: str, found: ThingType, attributes: Sequence[str]) -> None:
        """Make these the searchable attributes of a thing type; ``found`` is what else it keeps."""

    def event_switches(self) -> Mapping[str, bool]:
        """Return which families of registry events (``THING``, ``JOB``, …) are published."""

    def set_event_switches(self, switches: Mapping[str, bool]) -> None:
        """Write all switches at once."""
