"""Compare a thing in AWS IoT with the thing of a row, by meaning and not by spelling. Pure."""

from collections.abc import Iterator, Mapping

from operate.adapters.things import DescribedThing
from operate.bulk.checking import PlannedThing
from workflows.domain.attributes import ATTRIBUTES, Attribute
from workflows.domain.identifiers import is_root_key
from workflows.domain.naming import device_id_for
from workflows.domain.thing import Thing
from workflows.schemas.thing import examine


def differences(wanted: PlannedThing, there: DescribedThing, type_name: str) -> list[str]:
    """Return the attributes in which ``there`` differs from ``wanted``, as texts; none if it is the same thing.

    Attributes that the pipeline ignores do not count. An absent attribute equals only an absent one.
    """
    found = [] if there.thing_type_name == type_name else [f"its type ({there.thing_type_name or 'none'} there)"]
    return [*found, *_differing(wanted.attributes, there.attributes)]


def _differing(wanted: Mapping[str, str], there: Mapping[str, str]) -> Iterator[str]:
    examined = examine(there)
    asked, found, problems = _meaning(examine(wanted).thing), _meaning(examined.thing), dict(examined.problems)
    for row in ATTRIBUTES:
        asks, finds = asked.get(row.name), found.get(row.name)
        is_wrong = problems.pop(row.name, None) is not None
        if asks != finds or is_wrong:
            yield _described(row, asks, finds, is_wrong=is_wrong)


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


def _described(row: Attribute, asks: str | None, finds: str | None, *, is_wrong: bool) -> str:
    values = [value for value in (asks, finds) if value is not None]
    if row.show is None or not values or any(map(is_root_key, map(str, values))):
        return row.name
    return f"{row.name} ({'malformed' if is_wrong else row.shown(finds)} there, {row.shown(asks)} in the file)"
