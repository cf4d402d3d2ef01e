"""Lays the template of a device's model under what its thing says. The Device Repository is only read."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from workflows.domain.attributes import MODEL, RADIO, VALUES, DeviceValues
from workflows.domain.bands import band_of
from workflows.domain.facts import RegisteredDevice
from workflows.domain.model import (
    Described,
    Laid,
    ModelVersion,
    Template,
    band_problem,
    choose,
    laid,
    no_profile,
    unknown,
    unless_key,
    with_ids,
)
from workflows.domain.planning import PlannedDevice
from workflows.domain.updating import PlannedUpdate
from workflows.errors import InvalidThingError, NoDeviceRepositoryAnswer, StackConfigurationError, ValueRefusedAnswer
from workflows.ports.things_stack import DeviceRepository
from workflows.steps.refusals import refusals_explained

# The plans, the model and the template; and for an error the models and the brands, to say what is accepted.
CALLS_AT_MOST = 5

# Of each kind of answer: more models than a fleet has, and some 100 kB in all. Errors are not remembered: a thing that
# is rejected calls no other server, and its user may just have had the model added.
MODELS_REMEMBERED = 128


class Models:
    """One for the life of a Lambda instance: a model that is known is not asked for again."""

    def __init__(self, repository: DeviceRepository) -> None:
        remember = lru_cache(MODELS_REMEMBERED)
        self._repository = repository
        self._firmware = remember(repository.firmware)
        self._template = remember(repository.template)
        self._template_by_numbers = remember(repository.template_by_numbers)
        self._bands: dict[str, str] = {}

    def lay(self, planned: PlannedDevice) -> PlannedDevice:
        """Return the device with the values that its model gives; what the thing says wins, the stack's defaults lose.

        Raises:
            InvalidThingError: the model or one of its versions is unknown, or does not go with the thing.
            StackConfigurationError: the deployment has no Device Repository, and the thing relies on it.
        """
        if planned.values.model_id is None:
            return self._with_hint(planned)
        try:
            with refusals_explained(planned.from_stack):
                return _filled(planned, self._laid(_described(planned), planned.said))
        except NoDeviceRepositoryAnswer as missing:
            _refuse_unversioned(planned.said, missing)
            return replace(planned, is_unmodelled=True)

    def lay_update(self, update: PlannedUpdate) -> PlannedUpdate:
        """Return the update with the values that the thing's model gives now; raise as ``lay``.

        The firmware that was chosen for the device stays, unless its model or its plan changed.
        """
        if not update.asks_model:
            return update
        said, is_from_label = _said(update.device), "modelID" in update.device.from_model
        try:
            unchanged = _unchanged(update)
            with refusals_explained(()):
                found = self._laid(
                    Described(said, keys=update.keys, is_there=True), said.over(unchanged), unchanged.hardware_version
                )
            return update.over_template(found.values, found.from_model)
        except (NoDeviceRepositoryAnswer, InvalidThingError) as error:
            if is_from_label:  # the thing does not name it, so no error
                return update.over_template(said.over(update.device.values.only(RADIO)), ())
            if isinstance(error, InvalidThingError):
                raise
            _refuse_unversioned(said, error)
            return replace(update.over_template(said, ()), is_unmodelled=True)

    def _with_hint(self, planned: PlannedDevice) -> PlannedDevice:
        """Take the model that the label names, if it is known and fits; the thing does not name it, so no error."""
        template = self._template_by_numbers(*planned.profile) if planned.profile else None
        if template is None or template.values.band_id != self._band_of(planned.values.frequency_plan_id or ""):
            return planned
        try:
            return _filled(planned, laid(_described(planned), template))
        except InvalidThingError:
            return planned

    def _laid(self, device: Described, wanted: DeviceValues, hardware: str | None = None) -> Laid:
        """Lay the template of the version that is ``wanted`` under what the device says.

        ``hardware``: the hardware version of a firmware that is known, if the thing does not say it.
        """
        plan_id = device.said.over(device.under).frequency_plan_id
        if plan_id is None:
            raise InvalidThingError({"frequencyPlanID": "is missing; what the model gives depends on it"})
        band_id = self._band_of(plan_id)
        if band_id is None:
            raise ValueRefusedAnswer(
                f"The Things Stack has no frequency plan {unless_key(plan_id)}", attributes=("frequencyPlanID",)
            )
        if problems := band_problem(device.said, band_id):
            raise InvalidThingError(problems)
        version = ModelVersion(wanted.brand_id or "", wanted.model_id or "", wanted.firmware_version or "", band_id)
        try:
            return laid(device, self._versioned(version, device.said, hardware))
        except ValueRefusedAnswer as refused:
            raise self._explained(refused, version) from refused

    def _band_of(self, plan_id: str) -> str | None:
        """A plan that is unknown is asked for again: it may have been added."""
        if known := band_of(plan_id) or self._bands.get(plan_id):
            return known
        found = self._repository.band(plan_id)
        if found and len(self._bands) < MODELS_REMEMBERED:
            self._bands[plan_id] = found
        return found

    def _versioned(self, version: ModelVersion, said: DeviceValues, hardware: str | None) -> Template:
        """Ask for the model only if its firmware is to be chosen, or its hardware checked: the template names neither.

        Nothing checks the hardware version but this. A firmware version of dots or with a slash, which The Things Stack
        takes for a part of the path even if it is quoted, would make another call.
        """
        if said.hardware_version is not None or _changes_path(version.firmware_version):
            model = self._firmware(version.brand_id, version.model_id)
            chosen = choose(model, version.firmware_version or None, said.hardware_version, version.band_id)
            version = replace(version, firmware_version=chosen.version)
            if _changes_path(chosen.version):
                raise InvalidThingError({"firmwareVersion": _unanswered(chosen.version)})
            hardware = said.hardware_version or next(reversed(chosen.hardware), None)
        return with_ids(self._template(version), version, hardware)

    def _explained(self, refused: ValueRefusedAnswer, version: ModelVersion) -> InvalidThingError:
        """Say what the Device Repository has instead of what it does not know."""
        attribute, brand_id, model_id = refused.attributes[0], version.brand_id, version.model_id
        if attribute == "firmwareVersion":
            return _unknown(attribute, version.firmware_version, self._firmware_names(brand_id, model_id))
        if attribute == "bandID":
            return no_profile(self._firmware(brand_id, model_id), version.band_id, version.firmware_version)
        models = self._repository.models(brand_id) if attribute == "modelID" else ()
        if model_id in models:  # what it lacks is not the model
            return InvalidThingError({attribute: str(refused)})
        if models:
            return _unknown(attribute, model_id, models)
        return _unknown("brandID", brand_id, self._repository.brands())

    def _firmware_names(self, brand_id: str, model_id: str) -> list[str]:
        return [each.version for each in self._firmware(brand_id, model_id)]


def _changes_path(firmware_version: str) -> bool:
    return "/" in firmware_version or not firmware_version.strip(".")


def _unanswered(firmware_version: str) -> str:
    return (
        f"The Things Stack has no template of {firmware_version}, because of the slash or the dots; name another one, "
        "or give the device's own attributes instead of a model"
    )


def _said(device: RegisteredDevice) -> DeviceValues:
    return device.values.only([row.name for row in VALUES if row.name not in device.from_model])


def _unchanged(update: PlannedUpdate) -> DeviceValues:
    """Return what of the former version of the model still counts; what is only written again has not changed."""
    had, has = update.before.given(), update.device.values.given()
    is_chosen_again = any(had.get(name) != has.get(name) for name in (*MODEL, "frequencyPlanID"))
    stays = ("brandID", "modelID") if is_chosen_again else ("brandID", "modelID", "firmwareVersion", "hardwareVersion")
    return update.device.values.only(stays)


def _unknown(attribute: str, wrong: str, known: Sequence[str]) -> InvalidThingError:
    return InvalidThingError({attribute: unknown(wrong, known)})


def _described(planned: PlannedDevice) -> Described:
    under = planned.values.only(planned.from_stack)
    return Described(planned.said, under, planned.keys, has_code=planned.authentication_code is not None)


def _filled(planned: PlannedDevice, found: Laid) -> PlannedDevice:
    from_stack = tuple(name for name in planned.from_stack if name not in found.from_model)
    return replace(planned, values=found.values, from_model=found.from_model, from_stack=from_stack)


def _refuse_unversioned(said: DeviceValues, missing: NoDeviceRepositoryAnswer) -> None:
    if said.lorawan_version is None or said.lorawan_phy_version is None:
        raise StackConfigurationError(
            f"{missing}. So brandID and modelID give nothing: have the Device Repository added to the deployment, or "
            "give lorawanVersion and regionalParametersVersion on the thing."
        ) from missing
