"""Whether a thing that AWS IoT has is the one that a row asks for: by what both mean, not by their spelling. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from operate.adapters.things import RegistryThing
from operate.bulk.checking import PlannedThing
from workflows.domain.identifiers import is_root_key
from workflows.domain.naming import device_id_for
from workflows.domain.thing import CODES, KEYS, Thing
from workflows.schemas.thing import examine

_ATTRIBUTES = {
    "stack_name": "stackName",
    "dev_eui": "devEUI",
    "join_eui": "joinEUI",
    "device_id": "deviceID",
    "frequency_plan_id": "frequencyPlanID",
    "lorawan_version": "lorawanVersion",
    "lorawan_phy_version": "regionalParametersVersion",
    "app_key": "appKey",
    "nwk_key": "nwkKey",
    "authentication_code": "claimAuthenticationCode",
    "expected_code": "qrCode",
    "name": "name",
    "description": "description",
}
# Keys and codes are never shown, and neither is what may be long.
_UNSHOWN = (*KEYS, *CODES, "description")


def differences(wanted: PlannedThing, there: RegistryThing, type_name: str) -> list[str]:
    """Return in which attributes ``there`` is not what ``wanted`` asks for, as texts; none if it is the same thing.

    Attributes that mean nothing to the pipeline make no difference; one that is absent equals only an absent one.
    """
    found = [] if there.thing_type_name == type_name else [f"its type ({there.thing_type_name or 'none'} there)"]
    return [*found, *_differing(wanted.attributes, there.attributes)]


def _differing(wanted: Mapping[str, str], there: Mapping[str, str]) -> Iterator[str]:
    examined = examine(there)
    asked, found, problems = _meaning(examine(wanted).thing), _meaning(examined.thing), dict(examined.problems)
    for field, attribute in _ATTRIBUTES.items():
        asks, finds = getattr(asked, field), getattr(found, field)
        is_wrong = problems.pop(attribute, None) is not None
        if asks != finds or is_wrong:
            yield _described(attribute, asks, finds, is_wrong=is_wrong)
    yield from problems


def _meaning(thing: Thing) -> Thing:
    return replace(thing, device_id=device_id_for(thing))


def _described(attribute: str, asks: str | None, finds: str | None, *, is_wrong: bool) -> str:
    if attribute in _UNSHOWN or any(value and is_root_key(value) for value in (asks, finds)):
        return attribute
    return f"{attribute} ({'malformed' if is_wrong else finds or 'none'} there, {asks or 'none'} in the file)"
