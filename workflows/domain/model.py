"""A model of the Device Repository: which of its versions a device is, and what its template gives the device."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace

from workflows.domain import identifiers, lorawan
from workflows.domain.activation import NO_PING_SLOT, keys_missing, needless_keys
from workflows.domain.attributes import CODES, MODEL, NO_KEYS, NO_VALUES, VALUES, VERSIONS, DeviceKeys, DeviceValues
from workflows.domain.thing import pair_problem
from workflows.errors import InvalidThingError
from workflows.values import value

_IN_NO_TEMPLATE = ("resetsFCnt", "beaconFrequency")
# What a template may give.
TEMPLATED = tuple(
    row.name
    for row in VALUES
    if row.name in VERSIONS or (row.absence == "goes" and row.servers != ("is",) and row.name not in _IN_NO_TEMPLATE)
)
# An error names so many accepted values.
NAMED_AT_MOST = 10


@value
class Firmware:
    """A firmware version of a model. ``bands``: those that it has a profile for. ``hardware``: empty if any will do."""

    version: str
    numeric: int | None = None
    hardware: tuple[str, ...] = ()
    bands: tuple[str, ...] = ()

    def runs_on(self, hardware: str | None) -> bool:
        return hardware is None or not self.hardware or hardware in self.hardware


@value
class ModelVersion:
    """All that the Device Repository needs to know for a template."""

    brand_id: str
    model_id: str
    firmware_version: str
    band_id: str


@value
class Template:
    """``values``: what the model gives a device; ``joins`` is False of a model that is activated by hand (ABP)."""

    values: DeviceValues
    joins: bool


@value
class Described:
    """A device as far as its template matters. ``said`` wins over the template, the template over ``under``.

    ``is_there``: it has keys already, so that its thing need not give all of them.
    """

    said: DeviceValues
    under: DeviceValues = NO_VALUES
    keys: DeviceKeys = NO_KEYS
    has_code: bool = False
    is_there: bool = False

    @property
    def is_abp(self) -> bool:
        return self.said.over(self.under).dev_addr is not None


@value
class Laid:
    """A device's values with its template; ``from_model`` names those that the template gave."""

    values: DeviceValues
    from_model: tuple[str, ...]


def choose(model: Sequence[Firmware], version: str | None, hardware: str | None, band_id: str) -> Firmware:
    """Return the firmware of the device: the one of that ``version``, or else the newest that fits.

    Not every firmware has a number, and versions are no numbers.

    Raises:
        InvalidThingError: none fits the band or the hardware version, or there is none of that name.
    """
    named = [each for each in model if version in (None, each.version)]
    if version is not None and not named:
        raise InvalidThingError({"firmwareVersion": unknown(version, [each.version for each in model])})
    in_band = [each for each in named if band_id in each.bands]
    if not in_band:
        raise no_profile(model, band_id, version)
    fitting = [each for each in in_band if each.runs_on(hardware)]
    if not fitting:
        accepted = dict.fromkeys(one for each in in_band for one in each.hardware)
        raise InvalidThingError({"hardwareVersion": unknown(hardware or "", list(accepted))})
    return max(reversed(fitting), key=lambda each: -1 if each.numeric is None else each.numeric)


def no_profile(model: Sequence[Firmware], band_id: str, version: str | None) -> InvalidThingError:
    """Say what there is instead: other firmware for the band, or else other bands."""
    fitting = [each.version for each in model if band_id in each.bands]
    if version is not None and fitting:
        others = ", ".join(fitting[:NAMED_AT_MOST])
        problem = f"{version} has no profile for {band_id}, the band of frequencyPlanID; use {others}"
        return InvalidThingError({"firmwareVersion": problem})
    bands = list(dict.fromkeys(band for each in model for band in each.bands))
    return InvalidThingError(
        {"frequencyPlanID": f"has the band {band_id}, for which the model has no profile; {_accepted(bands)}"}
    )


def unknown(wrong: str, known: Sequence[str]) -> str:
    return f"the Device Repository has no {unless_key(wrong)}; {_accepted(_alike(wrong, known))}"


def unless_key(text: str) -> str:
    """Return the text; not one that may be a key that got into the wrong attribute."""
    return "(not shown: it looks like a key)" if identifiers.is_key(text) else text


def _accepted(known: Sequence[str]) -> str:
    if not known:
        return "it has none"
    others = f" and {len(known) - NAMED_AT_MOST} more" if len(known) > NAMED_AT_MOST else ""
    return f"it has {', '.join(known[:NAMED_AT_MOST])}{others}"


def _alike(wrong: str, names: Sequence[str]) -> Sequence[str]:
    """Put those first that are most like the ``wrong`` one, if there are too many to name."""
    if len(names) <= NAMED_AT_MOST:
        return names
    pairs = _pairs(wrong)
    return sorted(names, key=lambda name: -len(pairs & _pairs(name)) / len(pairs | _pairs(name)))


def _pairs(name: str) -> set[str]:
    """Return each two neighbouring characters; the first and the last one have a blank beside them."""
    padded = f" {name} "
    return {padded[at : at + 2] for at in range(len(padded) - 1)}


def laid(device: Described, template: Template) -> Laid:
    """Lay what the device says over its template, and that over what is under both.

    Raises:
        InvalidThingError: the device does not go with its model; it lists all that is wrong.
    """
    said = device.said.given()
    values = device.said.over(template.values).over(device.under)
    if problems := _problems(device, values, template):
        raise InvalidThingError(problems)
    return Laid(values, tuple(name for name in template.values.given() if name not in said))


def _problems(device: Described, values: DeviceValues, template: Template) -> dict[str, str]:
    return {
        **_pair_problem(device.said, values),
        **_activation_problem(device, template),
        **_key_problems(device, values),
        **_class_b_problem(values),
    }


def _pair_problem(said: DeviceValues, values: DeviceValues) -> dict[str, str]:
    mac, phy = values.lorawan_version, values.lorawan_phy_version
    if mac is None or phy is None or lorawan.is_pair(mac, phy):
        return {}
    theirs = "the model's " if said.lorawan_phy_version is None else ""
    problem = f"{theirs}{lorawan.spelling_of(phy)} {pair_problem(mac)}"
    named = [name for name in VERSIONS if name in said.given()] or ["modelID"]
    return {named[0]: f"{problem}; correct it, or remove both versions: the model has them"}


def _activation_problem(device: Described, template: Template) -> dict[str, str]:
    if template.joins != device.is_abp:
        return {}
    if device.is_abp:
        text = "is of a device that is activated by hand (ABP), but the model joins (OTAA)"
        return {"devAddr": f"{text}; give appKey instead of it and of the session keys, or name another model"}
    text = (
        "is for a device that joins (OTAA), but the model is activated by hand (ABP); give devAddr, appSKey and "
        "nwkSKey instead, or name another model"
    )
    names = (*device.keys.given(), *(CODES[:1] if device.has_code else ()))
    return dict.fromkeys(names, text) or {"modelID": "is activated by hand (ABP), but the device joins (OTAA)"}


def _key_problems(device: Described, values: DeviceValues) -> dict[str, str]:
    """Keys depend on the version, and the template may have given that."""
    given = device.keys.given()
    if not given or values.lorawan_version is None:
        return {}
    if values.lorawan_version == lorawan.MAC_1_1:
        return {} if device.is_there else keys_missing(given, by_hand=values.dev_addr is not None)
    return needless_keys(given)


def _class_b_problem(values: DeviceValues) -> dict[str, str]:
    lacks = values.dev_addr and values.supports_class_b and values.ping_slot_periodicity is None
    return {"pingSlotPeriodicity": NO_PING_SLOT} if lacks else {}


def with_ids(template: Template, version: ModelVersion, hardware: str | None) -> Template:
    """Say in the template which version of the model it is of."""
    ids = DeviceValues(
        brand_id=version.brand_id,
        model_id=version.model_id,
        hardware_version=hardware,
        firmware_version=version.firmware_version,
        band_id=version.band_id,
    )
    return replace(template, values=ids.over(template.values.only(_all_but(MODEL))))


def _all_but(names: Container[str]) -> list[str]:
    return [row.name for row in VALUES if row.name not in names]


def band_problem(said: DeviceValues, band_id: str) -> Mapping[str, str]:
    """A band that is said must be that of the plan: the Network Server refuses any other."""
    if said.band_id in (None, band_id):
        return {}
    return {"bandID": f"is not the band of frequencyPlanID, which is {band_id}; remove it, or correct one of the two"}
