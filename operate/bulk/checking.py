"""A row becomes the thing to create, or is refused with every problem that it has. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from operate.bulk.cells import FREE_TEXTS, as_meant, looks_rounded
from operate.bulk.columns import THING_NAME, Columns
from operate.bulk.files import Row
from workflows.domain.identifiers import is_dev_eui
from workflows.domain.naming import device_id_for
from workflows.domain.planning import StackDefaults, plan
from workflows.domain.qr_code import in_final_spelling
from workflows.errors import InvalidThingError
from workflows.schemas.thing import examine_and_spell

# API_ThingAttribute and API_CreateThing in the AWS IoT API Reference. Of attributes a thing of a type may have 50;
# there are not that many columns.
_REFUSED_CHARACTER = re.compile(r"[^a-zA-Z0-9_.,@/:#=\[\]-]")
_LONGEST_VALUE = 800
_THING_NAME = re.compile(r"[a-zA-Z0-9:_-]{1,128}")
_TOO_LONG = f"must be at most {_LONGEST_VALUE} characters, which is all that AWS IoT takes in an attribute"
_ROUNDED = "looks like a number that a spreadsheet rounded: format the column as text and enter the value again; it"


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

    A row that ends early is read as if empty cells followed: spreadsheets leave out the separators behind the last
    cell that has a value.

    Raises:
        StackConfigurationError: the stack's own defaults do not go together.
    """
    width = len(columns.header)
    cells = (*row.cells, *[""] * (width - len(row.cells)))
    meant = {meaning: as_meant(meaning, cells[at]) for at, meaning in columns.meanings.items()}
    given = {meaning: text for meaning, text in meant.items() if text}
    if any(cells[width:]):
        problems = {"": f"has {len(cells)} cells where the header has {width}"}
        return _bad(row.line, columns, problems, dev_eui=given.get("devEUI", ""))
    thing = _thing(row.line, {"stackName": target.stack_name} | given, target)
    refused = _refused_cells(cells, columns)
    if isinstance(thing, PlannedThing) and not refused:
        return thing
    problems = {**_ends_early(row, width), **refused, **({} if isinstance(thing, PlannedThing) else thing)}
    return _bad(row.line, columns, problems, dev_eui=given.get("devEUI", ""))


def _ends_early(row: Row, width: int) -> dict[str, str]:
    """Say it of a bad row: it may be half of one that is broken in two."""
    if len(row.cells) >= width:
        return {}
    return {"": f"has {len(row.cells)} cells where the header has {width}; those that are not there count as empty"}


def _thing(line: int, given: Mapping[str, str], target: Target) -> PlannedThing | dict[str, str]:
    """Return the thing to create, its values in one spelling, or what is wrong by the attribute that it stands in.

    What an attribute's own rule says comes before AWS IoT's, which knows characters alone.
    """
    written = {name: _written(name, text) for name, text in given.items() if name != THING_NAME}
    taken = {name: text for name, (text, _) in written.items()}
    examined, spelled = examine_and_spell(taken, _name_to_come(given, target))
    device_id = device_id_for(examined.thing)
    refused = _refused_by_aws(given, taken)
    foreign = _of_another_stack(taken, target)
    try:
        _, _, device = plan(examined, device_id, target.defaults)
    except InvalidThingError as error:
        rounded = {name for name, text in taken.items() if name not in spelled and looks_rounded(text)}
        own = {name: f"{_ROUNDED} {text}" if name in rounded else text for name, text in error.problems.items()}
        return {**refused, **own, **foreign}
    if refused or foreign:
        return {**refused, **foreign}
    name = given.get(THING_NAME) or _thing_name(target, device.dev_eui, device.device_id)
    replaced = tuple(each for each, (_, is_replaced) in written.items() if is_replaced)
    return PlannedThing(line, name, device.device_id, device.dev_eui, spelled, replaced)


def _written(attribute: str, text: str) -> tuple[str, bool]:
    """Return the text as AWS IoT takes it, where it means as much, and whether characters were replaced in it.

    A QR code is spelled as TR005 does first: one draft parts its fields by %, which AWS IoT refuses. What is left to be
    replaced stands in fields that no registration needs.
    """
    if not _REFUSED_CHARACTER.search(text) or attribute not in (*FREE_TEXTS, "qrCode"):
        return text, False
    spelling = in_final_spelling(text) if attribute == "qrCode" else text
    if spelling is None:
        return text, False
    taken = _REFUSED_CHARACTER.sub("_", spelling)
    return taken, taken != spelling


def _thing_name(target: Target, dev_eui: str, device_id: str) -> str:
    return f"{target.stack_name}_{device_id}" if target.naming_scheme == "StackNameDeviceID" else dev_eui


def _name_to_come(given: Mapping[str, str], target: Target) -> str:
    """Name the thing before its values are examined, as it will be named if they are good."""
    dev_eui = given.get("devEUI", "")
    device_id = given.get("deviceID") or f"eui-{dev_eui.lower()}"
    return given.get(THING_NAME) or _thing_name(target, dev_eui.upper(), device_id)


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


def _refused_cells(cells: tuple[str, ...], columns: Columns) -> dict[str, str]:
    return {
        columns.header[at]: f"must be empty: {refusal.reason} (--ignore {columns.header[at]} leaves the column out)"
        for at, refusal in columns.refusals.items()
        if refusal.concerns(cells[at])
    }


def _bad(line: int, columns: Columns, problems: Mapping[str, str], *, dev_eui: str) -> BadRow:
    told = (Problem(line, columns.name_of(name), text) for name, text in problems.items())
    return BadRow(line, tuple(told), dev_eui.upper() if is_dev_eui(dev_eui) else "")
