"""Check a row: it becomes a thing to create, or a bad row with all its problems. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from operate.bulk.aws_rules import THING_NAMES, as_aws_takes, is_thing_name, refused_by_aws
from operate.bulk.cells import as_meant, looks_rounded
from operate.bulk.columns import THING_NAME, Columns
from operate.bulk.files import CsvRow
from workflows.domain.identifiers import is_dev_eui
from workflows.domain.naming import device_id_for
from workflows.domain.planning import StackDefaults, plan
from workflows.errors import InvalidThingError
from workflows.schemas.thing import examine_and_spell

_ROUNDED = "looks like a number that a spreadsheet rounded: format the column as text and enter the value again; it"


@dataclass(frozen=True, slots=True)
class Target:
    """The stack that will register the devices; ``naming_scheme`` is DevEUI or StackNameDeviceID."""

    stack_name: str
    defaults: StackDefaults
    naming_scheme: str = "DevEUI"


@dataclass(frozen=True, slots=True)
class PlannedThing:
    """``replaced`` lists the attributes in which characters became ``_``."""

    line: int
    thing_name: str
    device_id: str
    dev_eui: str
    attributes: Mapping[str, str] = field(repr=False)
    replaced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowProblem:
    """``column`` is the header's name, else the attribute's; empty if the problem is of the whole row."""

    line: int
    column: str
    text: str

    def __str__(self) -> str:
        where = f"line {self.line}, {self.column}" if self.column else f"line {self.line}"
        return f"{where}: {self.text}"


@dataclass(frozen=True, slots=True)
class BadRow:
    """``dev_eui`` is empty if the row has no well-formed one."""

    line: int
    problems: tuple[RowProblem, ...]
    dev_eui: str = ""


def check_row(row: CsvRow, columns: Columns, target: Target) -> PlannedThing | BadRow:
    """Check a row as AWS IoT will check its thing, and then the pipeline.

    Missing cells at the end of a row count as empty: spreadsheets omit the separators after the last value.

    Raises:
        StackConfigurationError: the stack's own defaults contradict each other.
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


def _ends_early(row: CsvRow, width: int) -> dict[str, str]:
    """Report missing cells of a bad row: it may be half of a row that was split."""
    if len(row.cells) >= width:
        return {}
    return {"": f"has {len(row.cells)} cells where the header has {width}; the missing ones count as empty"}


def _thing(line: int, given: Mapping[str, str], target: Target) -> PlannedThing | dict[str, str]:
    """Return the thing to create, with its values in one spelling, or the problem of each attribute.

    The problem by an attribute's own rule replaces that by AWS IoT's rule about characters.
    """
    written = {name: as_aws_takes(name, text) for name, text in given.items() if name != THING_NAME}
    values = {name: text for name, (text, _) in written.items()}
    examined, spelled = examine_and_spell(values, _expected_name(given, target))
    device_id = device_id_for(examined.thing)
    refused = refused_by_aws(values)
    if not is_thing_name(given.get(THING_NAME, "-")):
        refused[THING_NAME] = THING_NAMES
    foreign = _of_another_stack(values, target)
    try:
        _, _, device = plan(examined, device_id, target.defaults)
    except InvalidThingError as error:
        rounded = {name for name, text in values.items() if name not in spelled and looks_rounded(text)}
        own = {name: f"{_ROUNDED} {text}" if name in rounded else text for name, text in error.problems.items()}
        return {**refused, **own, **foreign}
    if refused or foreign:
        return {**refused, **foreign}
    name = given.get(THING_NAME) or _thing_name(target, device.dev_eui, device.device_id)
    replaced = tuple(each for each, (_, is_replaced) in written.items() if is_replaced)
    return PlannedThing(line, name, device.device_id, device.dev_eui, spelled, replaced)


def _thing_name(target: Target, dev_eui: str, device_id: str) -> str:
    return f"{target.stack_name}_{device_id}" if target.naming_scheme == "StackNameDeviceID" else dev_eui


def _expected_name(given: Mapping[str, str], target: Target) -> str:
    """Return the name that the thing will have if its values are valid."""
    dev_eui = given.get("devEUI", "")
    device_id = given.get("deviceID") or f"eui-{dev_eui.lower()}"
    return given.get(THING_NAME) or _thing_name(target, dev_eui.upper(), device_id)


def _of_another_stack(attributes: Mapping[str, str], target: Target) -> dict[str, str]:
    if attributes["stackName"] == target.stack_name:
        return {}
    return {
        "stackName": f"is another stack; this is {target.stack_name}. Leave it out, or select that stack with --stack"
    }


def _refused_cells(cells: tuple[str, ...], columns: Columns) -> dict[str, str]:
    return {
        columns.header[at]: f"must be empty: {refusal.reason} (--ignore {columns.header[at]} ignores the column)"
        for at, refusal in columns.refusals.items()
        if refusal.concerns(cells[at])
    }


def _bad(line: int, columns: Columns, problems: Mapping[str, str], *, dev_eui: str) -> BadRow:
    found = (RowProblem(line, columns.name_of(name), text) for name, text in problems.items())
    return BadRow(line, tuple(found), dev_eui.upper() if is_dev_eui(dev_eui) else "")
