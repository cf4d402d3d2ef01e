"""Registering a thing: everything that creating or claiming its device needs."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from workflows.domain import lorawan
from workflows.domain.device import DeviceIds, RadioSettings
from workflows.domain.thing import ExaminedThing, Thing, pair_problem
from workflows.errors import InvalidThingError, StackConfigurationError

RegistrationKind = Literal["create", "claim"]


@dataclass(frozen=True, slots=True)
class StackDefaults:
    """What a thing may leave out; the versions, for claims alone, as users write them (``1.0.3``, ``1.0.3-a``)."""

    frequency_plan_id: str
    claim_lorawan_version: str
    claim_regional_parameters_version: str


@dataclass(frozen=True, slots=True)
class PlannedDevice:
    """All that creating or claiming needs. ``from_stack`` names the attributes that the stack's defaults filled.

    Keys and codes may still be references to secrets.
    """

    device_id: str
    dev_eui: str
    join_eui: str
    frequency_plan_id: str
    lorawan_version: str
    lorawan_phy_version: str
    name: str = ""
    description: str = ""
    app_key: str | None = field(default=None, repr=False)
    nwk_key: str | None = field(default=None, repr=False)
    authentication_code: str | None = field(default=None, repr=False)
    expected_code: str | None = field(default=None, repr=False)
    from_stack: tuple[str, ...] = ()

    @property
    def ids(self) -> DeviceIds:
        return DeviceIds(device_id=self.device_id, dev_eui=self.dev_eui, join_eui=self.join_eui)

    @property
    def radio(self) -> RadioSettings:
        return RadioSettings(self.frequency_plan_id, self.lorawan_version, self.lorawan_phy_version)


def plan(
    examined: ExaminedThing, device_id: str | None, defaults: StackDefaults
) -> tuple[RegistrationKind, str, PlannedDevice]:
    """Return which way, why, and with what.

    Raises:
        InvalidThingError: attributes are missing or wrong; it lists all of them.
        StackConfigurationError: the stack's own defaults do not go together.
    """
    problems = {**examined.missing, **examined.problems}
    thing = examined.thing
    if problems or device_id is None or thing.dev_eui is None or thing.join_eui is None:
        raise InvalidThingError(problems)
    kind, reason = _way_of(thing)
    return kind, reason, _device(thing, DeviceIds(device_id, thing.dev_eui, thing.join_eui), defaults)


def _device(thing: Thing, ids: DeviceIds, defaults: StackDefaults) -> PlannedDevice:
    frequency_plan_id, mac, phy = _radio(thing, defaults)
    return PlannedDevice(
        device_id=ids.device_id,
        dev_eui=ids.dev_eui,
        join_eui=ids.join_eui,
        frequency_plan_id=frequency_plan_id,
        lorawan_version=mac,
        lorawan_phy_version=phy,
        name=thing.name or "",
        description=thing.description or "",
        app_key=thing.app_key,
        nwk_key=thing.nwk_key,
        authentication_code=thing.authentication_code,
        expected_code=thing.expected_code,
        from_stack=tuple(_left_out(thing)),
    )


def _way_of(thing: Thing) -> tuple[RegistrationKind, str]:
    if thing.authentication_code is not None:
        return "claim", "the thing has a claim authentication code"
    return "create", "the thing has root keys"


def _left_out(thing: Thing) -> Iterator[str]:
    given = {
        "frequencyPlanID": thing.frequency_plan_id,
        "lorawanVersion": thing.lorawan_version,
        "regionalParametersVersion": thing.lorawan_phy_version,
    }
    return (attribute for attribute, value in given.items() if value is None)


def _radio(thing: Thing, defaults: StackDefaults) -> tuple[str, str, str]:
    mac = thing.lorawan_version or lorawan.lorawan_version(defaults.claim_lorawan_version)
    phy = thing.lorawan_phy_version or lorawan.lorawan_phy_version(defaults.claim_regional_parameters_version)
    plan = thing.frequency_plan_id or defaults.frequency_plan_id
    if mac is None or phy is None or not plan:
        raise StackConfigurationError(
            "The stack's FrequencyPlanId, ClaimLoRaWANVersion or ClaimRegionalParametersVersion has a value that "
            "Thingsync does not know. Correct the parameter and deploy the stack again, then redrive."
        )
    if not lorawan.is_pair(mac, phy):
        raise _no_pair(thing, mac, phy)
    return plan, mac, phy


def _no_pair(thing: Thing, mac: str, phy: str) -> InvalidThingError | StackConfigurationError:
    """A pair that a given version and a default of the stack make; a pair that the thing gives whole was checked."""
    problem = f"{lorawan.spelling_of(phy)} {pair_problem(mac)}"
    if thing.lorawan_version is not None:
        return InvalidThingError({"regionalParametersVersion": f"is missing, and the stack's default {problem}"})
    if thing.lorawan_phy_version is not None:
        return InvalidThingError({"lorawanVersion": f"is missing; by the stack's default, {problem}"})
    return StackConfigurationError(
        f"ClaimRegionalParametersVersion {problem}. Correct the parameters and deploy the stack again, then redrive."
    )
