"""Things ► the rows of a CSV file that `thingsync import` reads, without keys and codes. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from operate.adapters.things_of_type import ListedThing
from operate.bulk.columns import THING_NAME
from workflows.domain.identifiers import is_well_formed_reference

_REFERENCES = ("appKey", "nwkKey", "claimAuthenticationCode")
COLUMNS = (
    THING_NAME,
    "stackName",
    "devEUI",
    "joinEUI",
    "appEUI",
    "deviceID",
    "name",
    "description",
    "frequencyPlanID",
    "lorawanVersion",
    "regionalParametersVersion",
    *_REFERENCES,
)


def exported(things: Iterable[ListedThing], stack_name: str) -> Iterator[dict[str, str]]:
    """Return a row for each thing of the stack. Where a key or code is a reference to a secret, that is kept."""
    return (_row(thing) for thing in things if thing.attributes.get("stackName") == stack_name)


def _row(thing: ListedThing) -> dict[str, str]:
    shown = {name: text for name, text in thing.attributes.items() if name in COLUMNS and not _is_secret(name, text)}
    return {**dict.fromkeys(COLUMNS, ""), **shown, THING_NAME: thing.name}


def _is_secret(attribute: str, text: str) -> bool:
    return attribute in _REFERENCES and not is_well_formed_reference(text)


def given(row: Mapping[str, str]) -> dict[str, str]:
    """Leave out what is empty."""
    return {name: text for name, text in row.items() if text}
