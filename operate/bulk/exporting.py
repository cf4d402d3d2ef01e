"""Things ► the rows of a CSV file that `thingsync import` reads, without keys and codes."""

from collections.abc import Iterable, Iterator, Mapping

from operate.adapters.things_of_type import ListedThing
from operate.bulk.columns import THING_NAME
from operate.bulk.moving import REFERENCES, Copy, Move
from operate.bulk.notes import Notes, Unmoved
from workflows.domain.identifiers import is_well_formed_reference
from workflows.domain.thing import CODES, KEYS

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
    *REFERENCES,
)


def exported(
    things: Iterable[ListedThing], stack_name: str, notes: Notes, move: Move | None = None
) -> Iterator[dict[str, str]]:
    """Return a row for each thing of the stack, as it is or as ``move`` makes it another's; note the rest in ``notes``.

    Where a key or code is a reference to a secret, that is kept.
    """
    for thing in things:
        if thing.attributes.get("stackName") == stack_name:
            yield _row(thing, notes, move)


def _row(thing: ListedThing, notes: Notes, move: Move | None) -> dict[str, str]:
    secret = {name for name, text in thing.attributes.items() if _is_secret(name, text)}
    notes.left_out += bool(secret)
    attributes = thing.attributes if move is None else move.attributes(thing.attributes)
    shown = {name: text for name, text in attributes.items() if name in COLUMNS and name not in secret}
    named = thing.name if move is None else move.thing_name(thing.name, thing.attributes)
    references = {} if move is None else _moved(thing.name, shown, notes, move)
    return {**dict.fromkeys(COLUMNS, ""), **shown, **references, THING_NAME: named}


def _is_secret(attribute: str, text: str) -> bool:
    return attribute in (*KEYS, *CODES) and not is_well_formed_reference(text)


def _moved(thing_name: str, shown: Mapping[str, str], notes: Notes, move: Move) -> dict[str, str]:
    """Return the references that could be rewritten; the others stay, and an import refuses them."""
    moved = {}
    for attribute in (name for name in REFERENCES if name in shown):
        secret = move.secret(shown[attribute])
        if reason := notes.copy(secret) if isinstance(secret, Copy) else secret:
            notes.unmoved(Unmoved(thing_name, attribute, reason))
        elif isinstance(secret, Copy):
            moved[attribute] = secret.reference
    return moved


def given(row: Mapping[str, str]) -> dict[str, str]:
    """Leave out what is empty."""
    return {name: text for name, text in row.items() if text}
