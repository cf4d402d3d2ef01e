"""Compare a thing in AWS IoT with the thing of a row, by meaning and not by spelling. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from operate.views.wording import NOT_GIVEN
from workflows.domain import identifiers, labels
from workflows.domain.attribute import Attribute
from workflows.domain.attributes import ATTRIBUTES
from workflows.domain.naming import device_id_for
from workflows.domain.thing import Thing
from workflows.schemas.thing import examine
from workflows.values import value

# Which attributes may give a value, the most direct one first.
_OTHER_NAMES = {
    "joinEUI": ("appEUI", "qrCode"),
    "claimAuthenticationCode": ("qrCode",),
    "nwkSKey": ("fNwkSIntKey",),
}


@value
class Difference:
    """``attribute`` is the one to write; ``there`` and ``wanted`` are empty for what is never shown.

    ``is_once``: it was used when the device was created, and does nothing any more.
    """

    attribute: str
    there: str = ""
    wanted: str = ""
    is_once: bool = False

    @property
    def is_shown(self) -> bool:
        return bool(self.there or self.wanted)


def differences(wanted: Mapping[str, str], there: Mapping[str, str]) -> list[Difference]:
    """Return the attributes that ``wanted`` gives and that ``there`` has otherwise; none if it is the same thing.

    What ``wanted`` does not give, does not count, and neither do attributes that the pipeline ignores.
    """
    return list(_differing(wanted, there))


def _differing(wanted: Mapping[str, str], there: Mapping[str, str]) -> Iterator[Difference]:
    asked, found = _meaning(examine(wanted).thing), _meaning(examine(there).thing)
    yield from _labels(asked.pop(labels.PREFIX, None), found.pop(labels.PREFIX, None))
    for row in ATTRIBUTES:
        asks, finds = asked.get(row.name), found.get(row.name)
        if row.name == "deviceID" and row.name not in wanted:
            continue  # the default would be asked for
        if asks is not None and asks != finds:
            is_wrong = finds is None and row.name in there
            yield _difference(row, _written_as(row.name, wanted), asks, finds, is_wrong=is_wrong)


def _labels(asked: Mapping[str, str] | None, found: Mapping[str, str] | None) -> Iterator[Difference]:
    there = found or {}
    for key, text in (asked or {}).items():
        if there.get(key) != text:
            is_key = any(map(identifiers.is_key, (text, there.get(key, ""))))
            shown = ("", "") if is_key else (repr(there[key]) if key in there else NOT_GIVEN, repr(text))
            yield Difference(f"{labels.PREFIX}{key}", *shown)


def _written_as(name: str, wanted: Mapping[str, str]) -> str:
    return next((each for each in (name, *_OTHER_NAMES.get(name, ())) if each in wanted), name)


def _meaning(thing: Thing) -> dict[str, Any]:
    """Return attribute name -> what the thing means by it."""
    return {
        "stackName": thing.stack_name,
        "deviceID": device_id_for(thing),
        "devEUI": thing.dev_eui,
        "joinEUI": thing.join_eui,
        **thing.values.given(),
        **thing.keys.given(),
        "claimAuthenticationCode": thing.authentication_code,
        "qrCode": thing.expected_code,
    }


def _difference(row: Attribute, attribute: str, asks: object, finds: object, *, is_wrong: bool) -> Difference:
    values = [str(value) for value in (asks, finds) if value is not None]
    if row.show is None or any(map(identifiers.is_key, values)):
        return Difference(attribute)
    there = "malformed" if is_wrong else NOT_GIVEN if finds is None else row.shown(finds)
    return Difference(attribute, there, row.shown(asks), is_once=row.is_once and not is_wrong)


def as_conflict(found: Iterable[Difference]) -> str:
    """Write ``frequencyPlanID (thing: EU868, file: EU_863_870_TTN), appKey``."""
    return ", ".join(
        f"{each.attribute} (thing: {each.there}, file: {each.wanted})" if each.is_shown else each.attribute
        for each in found
    )


def as_change(found: Iterable[Difference]) -> str:
    """Write ``frequencyPlanID: EU868 → EU_863_870_TTN; appKey: changed``."""
    return "; ".join(
        f"{each.attribute}: {each.there} → {each.wanted}" if each.is_shown else f"{each.attribute}: changed"
        for each in found
    )
