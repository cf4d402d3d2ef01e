"""A row becomes the thing to create, or is refused with every problem that it has. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from operate.bulk.columns import THING_NAME, Columns
from operate.bulk.files import Row
from workflows.domain.identifiers import is_dev_eui
from workflows.domain.naming import device_id_for
from workflows.domain.planning import StackDefaults, plan
from workflows.errors import InvalidThingError
from workflows.schemas.thing import examine

# API_ThingAttribute and API_CreateThing in the AWS IoT API Reference. Of attributes a thing of a type may have 50;
# there are not that many columns.
_REFUSED_CHARACTER = re.compile(r"[^a-zA-Z0-9_.,@/:#=\[\]-]")
_LONGEST_VALUE = 800
_THING_NAME = re.compile(r"[a-zA-Z0-9:_-]{1,128}")
_TOO_LONG = f"must be at most {_LONGEST_VALUE} characters, which is all that AWS IoT takes in an attribute"
_FREE_TEXTS = ("name", "description")


@dataclass(frozen=True, slots=True)
class Target:
    """The stack that is to register the devices; ``naming_scheme`` is DevEUI or StackNameDeviceID."""

    stack_name: str
    defaults: StackDefaults
    naming_scheme: str = "DevEUI"


@dataclass(frozen=True, slots=True)
class PlannedThing:
    """``replaced`` names the attributes of which characters became ``_``."""

    line: int
    thing_name: str
    device_id: str
    dev_eui: str
    attributes: Mapping[str, str] = field(repr=False)
    replaced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Problem:
    """``column`` as the header names it, the attribute's name if the header has none; empty for the whole row."""

    line: int
    column: str
    text: str

    def __str__(self) -> str:
        where = f"line {self.line}, {self.column}" if self.column else f"line {self.line}"
        return f"{where}: {self.text}"


@dataclass(frozen=True, slots=True)
class BadRow:
    """``dev_eui`` is empty where the row has none that is well-formed."""

    line: int
    problems: tuple[Problem, ...]
    dev_eui: str = ""


def checked(row: Row, columns: Columns, target: Target) -> PlannedThing | BadRow:
    """Check a row as AWS IoT will check its thing, and then the pipeline.

    Raises:
        StackConfigurationError: the stack's own defaults do not go together.
    """
    width = len(columns.header)
    if len(row.cells) < width or any(row.cells[width:]):
        return _bad(row, columns, {"": f"has {len(row.cells)} cells where the header has {width}"})
    given = {meaning: row.cells[at] for at, meaning in columns.meanings.items() if row.cells[at]}
    thing = _thing(row.line, {"stackName": target.stack_name} | given, target)
    refused = _refused_cells(row, columns)
    if isinstance(thing, PlannedThing) and not refused:
        return thing
    return _bad(row, columns, {**refused, **({} if isinstance(thing, PlannedThing) else thing)})


def _thing(line: int, given: Mapping[str, str], target: Target) -> PlannedThing | dict[str, str]:
    """Return the thing to create, or what is wrong by the attribute that it stands in."""
    attributes = {name: _spelled(name, text) for name, text in given.items() if name != THING_NAME}
    examined = examine(attributes)
    device_id = device_id_for(examined.thing)
    problems = {**_of_another_stack(attributes, target), **_refused_by_aws(given, attributes)}
    try:
        _, _, device = plan(examined, device_id, target.defaults)
    except InvalidThingError as error:
        return {**error.problems, **problems}
    name = given.get(THING_NAME) or _thing_name(target, device.dev_eui, device.device_id)
    if problems:
        return problems
    replaced = tuple(each for each, text in attributes.items() if text != given[each])
    return PlannedThing(line, name, device.device_id, device.dev_eui, attributes, replaced)


def _spelled(attribute: str, text: str) -> str:
    return _REFUSED_CHARACTER.sub("_", text) if attribute in _FREE_TEXTS else text


def _thing_name(target: Target, dev_eui: str, device_id: str) -> str:
    return f"{target.stack_name}_{device_id}" if target.naming_scheme == "StackNameDeviceID" else dev_eui


def _of_another_stack(attributes: Mapping[str, str], target: Target) -> dict[str, str]:
    if attributes["stackName"] == target.stack_name:
        return {}
    return {
        "stackName": f"is another stack's; this is {target.stack_name}. Leave it out, or name that one with --stack"
    }


def _refused_by_aws(given: Mapping[str, str], attributes: Mapping[str, str]) -> dict[str, str]:
    text = "holds a character that AWS IoT does not take in an attribute (it takes letters, digits and _.,@/:#=[]-)"
    problems = {name: text for name, value in attributes.items() if _REFUSED_CHARACTER.search(value)}
    problems |= {name: _TOO_LONG for name, value in attributes.items() if len(value) > _LONGEST_VALUE}
    if not _THING_NAME.fullmatch(given.get(THING_NAME, "-")):
        problems[THING_NAME] = "must be 1 to 128 letters, digits, colons, dashes and underscores"
    return problems


def _refused_cells(row: Row, columns: Columns) -> dict[str, str]:
    return {
        columns.header[at]: f"must be empty: {refusal.reason} (--ignore {columns.header[at]} leaves the column out)"
        for at, refusal in columns.refusals.items()
        if refusal.concerns(row.cells[at])
    }


def _bad(row: Row, columns: Columns, problems: Mapping[str, str]) -> BadRow:
    told = (Problem(row.line, columns.name_of(name), text) for name, text in problems.items())
    cells = (row.cells[at] for at, meaning in columns.meanings.items() if meaning == "devEUI" and at < len(row.cells))
    return BadRow(row.line, tuple(told), next((cell.upper() for cell in cells if is_dev_eui(cell)), ""))
