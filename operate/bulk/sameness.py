"""Compare a thing in AWS IoT with the thing of a row, by meaning and not by spelling. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from workflows.domain.attribute import Attribute
from workflows.domain.attributes import ATTRIBUTES
from workflows.domain.identifiers import is_key
from workflows.domain.naming import device_id_for
from workflows.domain.thing import Thing
from workflows.schemas.thing import examine

# Which attributes may give a value, the most direct one first.
_OTHER_NAMES = {"joinEUI": ("appEUI", "qrCode"), "claimAuthenticationCode": ("qrCode",)}


@dataclass(frozen=True, slots=True)
class Difference:
    """``attribute`` is the one to write; ``there`` and ``wanted`` are empty for what is never shown."""

    attribute: str
    there: str = ""
    wanted: str = ""

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
    for row in ATTRIBUTES:
        asks, finds = asked.get(row.name), found.get(row.name)
        if row.name == "deviceID" and row.name not in wanted:
            continue  # the default would be asked for
        if asks is not None and asks != finds:
            is_wrong = finds is None and row.name in there
            yield _difference(row, _written_as(row.name, wanted), asks, finds, is_wrong=is_wrong)


def _written_as(name: str, wanted: Mapping[str, str]) -> str:
    return next((each for each in (name, *_OTHER_NAMES.get(name, ())) if each in wanted), name)


def _meaning(thing: Thing) -> dict[str, str | None]:
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


def _difference(row: Attribute, attribute: str, asks: str, finds: str | None, *, is_wrong: bool) -> Difference:
    values = [str(value) for value in (asks, finds) if value is not None]
    if row.show is None or any(map(is_key, values)):
        return Difference(attribute)
    return Difference(attribute, "malformed" if is_wrong else row.shown(finds), row.shown(asks))


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
