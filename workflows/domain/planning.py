"""Registering a thing: everything that creating or claiming its device needs."""

from collections.abc import Collection, Mapping
from dataclasses import field
from typing import Literal

from workflows.domain import labels, lorawan
from workflows.domain.attributes import LOCATION, NO_KEYS, VALUES, DeviceKeys, DeviceValues
from workflows.domain.device import DeviceIds
from workflows.domain.thing import ExaminedThing, Thing, pair_problem
from workflows.errors import InvalidThingError, StackConfigurationError
from workflows.values import value

RegistrationKind = Literal["create", "claim"]

# What a thing lacks that has all but a way to join, or all but the keys of its session.
_KEYS_ARE_MISSING = ({"appKey", "claimAuthenticationCode"}, {"appSKey", "nwkSKey"})


@value
class StackDefaults:
    """Values for what a thing leaves out. Only claims use the versions, written as users write them (``1.0.3``)."""

    frequency_plan_id: str
    claim_lorawan_version: str
    claim_regional_parameters_version: str

    @property
    def values(self) -> DeviceValues:
        return DeviceValues(
            frequency_plan_id=self.frequency_plan_id or None,
            lorawan_version=lorawan.lorawan_version(self.claim_lorawan_version),
            lorawan_phy_version=lorawan.lorawan_phy_version(self.claim_regional_parameters_version),
        )


@value
class PlannedDevice:
    """All that creating or claiming needs. ``from_stack`` names the attributes that the stack's defaults filled.

    ``from_model`` names those that the template of the model filled. ``is_unmodelled``: the thing names a model, and
    the deployment has no Device Repository. ``profile``: what the label says of the model, where the thing names none.

    ``unfinished`` are the labels and the parts of a place that earlier events of the thing, which did not succeed, may
    have written; of a registered device that is lost, all attributes that differ from it.
    Keys and codes may still be references to secrets.
    ``lacks``: the thing has no key and no code, so nothing can be created, only a device that is there taken up.
    Attribute -> what creating the device would need.
    """

    device_id: str
    dev_eui: str
    join_eui: str
    values: DeviceValues
    keys: DeviceKeys = NO_KEYS
    authentication_code: str | None = field(default=None, repr=False)
    expected_code: str | None = field(default=None, repr=False)
    from_stack: tuple[str, ...] = ()
    from_model: tuple[str, ...] = ()
    is_unmodelled: bool = False
    profile: tuple[int, int] | None = None
    unfinished: tuple[str, ...] = ()
    lacks: Mapping[str, str] = field(default_factory=dict)

    @property
    def ids(self) -> DeviceIds:
        return DeviceIds(device_id=self.device_id, dev_eui=self.dev_eui, join_eui=self.join_eui)

    @property
    def is_abp(self) -> bool:
        """Return whether the device is activated by personalization: it never joins."""
        return self.values.dev_addr is not None

    @property
    def may_write(self) -> tuple[str, ...]:
        """Name what is written beside what others have, so that only this event knows it as the thing's."""
        given = self.values.given()
        return (*labels.named(self.values.labels), *(name for name in LOCATION if name in given))

    @property
    def before(self) -> DeviceValues:
        """What earlier events may have left beside what others have."""
        return half_written_beside_others(self.unfinished)

    @property
    def said(self) -> DeviceValues:
        """What the thing itself says."""
        filled = {*self.from_stack, *self.from_model}
        return self.values.only([row.name for row in VALUES if row.name not in filled])


def plan(
    examined: ExaminedThing, device_id: str | None, defaults: StackDefaults
) -> tuple[RegistrationKind, str, PlannedDevice]:
    """Return whether to create or claim, the reason, and the device.

    Raises:
        InvalidThingError: attributes are missing or wrong; it lists all of them.
        StackConfigurationError: the stack's own defaults do not go together.
    """
    problems = {**examined.missing, **examined.problems}
    thing = examined.thing
    if problems or device_id is None or thing.dev_eui is None:
        raise InvalidThingError(problems)
    kind, reason = _way_of(thing)
    return kind, reason, _device(thing, DeviceIds(device_id, thing.dev_eui, thing.join_eui or ""), defaults)


def plan_without_keys(examined: ExaminedThing, device_id: str | None) -> PlannedDevice | None:
    """Return the device to take up if the thing lacks only its keys or a code; None if it lacks more, or nothing."""
    thing = examined.thing
    keyless = examined.missing.keys() in _KEYS_ARE_MISSING and not thing.keys.given() and not examined.problems
    if not keyless or device_id is None or thing.dev_eui is None:
        return None
    return PlannedDevice(device_id, thing.dev_eui, thing.join_eui or "", thing.values, lacks=examined.missing)


def half_written_beside_others(unfinished: Collection[str]) -> DeviceValues:
    """Return the labels and the parts of a place among attributes; of the values, only that they are there is known."""
    place = {name: 0 for name in LOCATION if name in unfinished}
    return DeviceValues.of({labels.PREFIX: labels.among(unfinished) or None, **place})


def _device(thing: Thing, ids: DeviceIds, defaults: StackDefaults) -> PlannedDevice:
    said = thing.values.given()
    values = thing.values.over(defaults.values)
    _refuse_unfit(thing, values)
    return PlannedDevice(
        device_id=ids.device_id,
        dev_eui=ids.dev_eui,
        join_eui=ids.join_eui,
        values=values,
        keys=thing.keys,
        authentication_code=thing.authentication_code,
        expected_code=thing.expected_code,
        from_stack=tuple(name for name in values.given() if name not in said),
        profile=thing.profile,
    )


def _way_of(thing: Thing) -> tuple[RegistrationKind, str]:
    if thing.authentication_code is not None:
        return "claim", "the thing has a claim authentication code"
    return "create", "the thing has session keys" if thing.values.dev_addr else "the thing has root keys"


def _refuse_unfit(thing: Thing, values: DeviceValues) -> None:
    mac, phy = values.lorawan_version, values.lorawan_phy_version
    if mac is None or phy is None or values.frequency_plan_id is None:
        raise StackConfigurationError(
            "The stack's FrequencyPlanId, ClaimLoRaWANVersion or ClaimRegionalParametersVersion has a value that "
            "Thingsync does not know. Correct the parameter and deploy the stack again, then redrive."
        )
    if thing.values.model_id is None and not lorawan.is_pair(mac, phy):
        raise _no_pair(thing.values, mac, phy)


def _no_pair(said: DeviceValues, mac: str, phy: str) -> InvalidThingError | StackConfigurationError:
    """A pair that a given version and a default of the stack make; a pair that the thing gives whole was checked."""
    problem = f"{lorawan.spelling_of(phy)} {pair_problem(mac)}"
    if said.lorawan_version is not None:
        return InvalidThingError({"regionalParametersVersion": f"is missing, and the stack's default {problem}"})
    if said.lorawan_phy_version is not None:
        return InvalidThingError({"lorawanVersion": f"is missing; by the stack's default, {problem}"})
    return StackConfigurationError(
        f"ClaimRegionalParametersVersion {problem}. Correct the parameters and deploy the stack again, then redrive."
    )
