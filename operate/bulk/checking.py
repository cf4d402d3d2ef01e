"""Check a row: it becomes a thing to create, or a bad row with all its problems. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import starmap

from operate.bulk.aws_rules import THING_NAMES, as_aws_takes, refused_by_aws
from operate.bulk.cells import as_meant, looks_rounded
from operate.bulk.columns import THING_NAME, Columns
from operate.bulk.files import CsvRow
from operate.bulk.problems import RowProblem, device_label, may_be_shown, pair_problem
from operate.views.identification import is_thing_name
from workflows.domain.naming import device_id_for
from workflows.domain.planning import StackDefaults, plan
from workflows.domain.thing import ExaminedThing
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
    """``replaced`` lists the attributes in which characters became ``_``.

    ``missing`` is what creating the thing needs beside its attributes; nothing, if the thing exists. ``is_named`` is
    true if the row itself names its thing; else ``thing_name`` is the default name.
    """

    line: int
    thing_name: str
    device_id: str
    dev_eui: str
    attributes: Mapping[str, str] = field(repr=False)
    replaced: tuple[str, ...] = ()
    missing: tuple[RowProblem, ...] = ()
    is_named: bool = False


@dataclass(frozen=True, slots=True)
class BadRow:
    """``dev_eui`` is empty if the row has no well-formed one; ``missing`` as of a ``PlannedThing``.

    ``values`` are what the row says of the thing that it names; empty if it names none.
    """

    line: int
    problems: tuple[RowProblem, ...]
    dev_eui: str = ""
    thing_name: str = ""
    missing: tuple[RowProblem, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class _ReadRow:
    """A row's values, well-formed or not, and the thing that they make.

    ``name`` is the thing's, empty if the row does not give it; ``given_name`` only if the row names the thing itself.
    """

    line: int
    columns: Columns
    name: str
    given_name: str
    values: Mapping[str, str] = field(repr=False)
    spelled: Mapping[str, str] = field(repr=False)
    examined: ExaminedThing = field(repr=False)
    replaced: tuple[str, ...] = ()

    def problems(self, texts: Mapping[str, str]) -> tuple[RowProblem, ...]:
        return tuple(starmap(self._problem, texts.items()))

    def _problem(self, name: str, text: str) -> RowProblem:
        device = device_label(self.examined.thing, self.given_name)
        problem = RowProblem(self.line, self.columns.name_of(name), text, device)
        if name == "regionalParametersVersion" and name in self.examined.problems:
            rule, value = pair_problem(self.examined.thing, self.values)
            return replace(problem, text=rule, value=value) if rule else problem
        rule, suggests, better = text.partition("; use ")
        if name == "deviceID" and suggests and may_be_shown(self.values[name]):
            return replace(problem, text=rule, value=self.values[name], instead=f"use {better}")
        return problem


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
    read = _read(row.line, columns, {"stackName": target.stack_name} | given, target)
    if any(cells[width:]):
        problems = {"": f"has {len(cells)} cells where the header has {width}"}
        return BadRow(row.line, read.problems(problems), read.examined.thing.dev_eui or "")
    wrong = {**_refused_cells(cells, columns), **_wrong(read, given, target)}
    early = _ends_early(row, width)
    missing = {} if wrong else _missing(read, target.defaults)
    thing = read.examined.thing
    needed = read.problems({**early, **missing}) if missing else ()
    device_id = device_id_for(thing)
    if wrong or device_id is None or thing.dev_eui is None:
        needs = {name: text for name, text in read.examined.missing.items() if name not in wrong}
        found = read.problems({**early, **wrong})
        values = read.values if read.given_name else {}
        return BadRow(row.line, found, thing.dev_eui or "", read.name, read.problems(needs), values)
    is_named = bool(read.given_name)
    return PlannedThing(row.line, read.name, device_id, thing.dev_eui, read.spelled, read.replaced, needed, is_named)


def _ends_early(row: CsvRow, width: int) -> dict[str, str]:
    """Report missing cells of a bad row: it may be half of a row that was split."""
    if len(row.cells) >= width:
        return {}
    return {"": f"has {len(row.cells)} cells where the header has {width}; the missing ones count as empty"}


def _read(line: int, columns: Columns, given: Mapping[str, str], target: Target) -> _ReadRow:
    written = {name: as_aws_takes(name, text) for name, text in given.items() if name != THING_NAME}
    values = {name: text for name, (text, _) in written.items()}
    named = given.get(THING_NAME, "")
    name = _expected_name(given, target)
    examined, spelled = examine_and_spell(values, name)
    is_named = is_thing_name(named) if named else examined.thing.dev_eui is not None
    replaced = tuple(each for each, (_, is_replaced) in written.items() if is_replaced)
    return _ReadRow(line, columns, name if is_named else "", named, values, spelled, examined, replaced)


def _wrong(read: _ReadRow, given: Mapping[str, str], target: Target) -> dict[str, str]:
    """Return the problem of each attribute, whether or not the thing exists.

    The problem by an attribute's own rule replaces that by AWS IoT's rule about characters.
    """
    rounded = {name for name, text in read.values.items() if name not in read.spelled and looks_rounded(text)}
    needed = {name: text for name, text in read.examined.missing.items() if name == "devEUI"}
    own = {**needed, **read.examined.problems}
    named = {} if is_thing_name(given.get(THING_NAME, "-")) else {THING_NAME: THING_NAMES}
    return {
        **refused_by_aws(read.values),
        **named,
        **{name: f"{_ROUNDED} {text}" if name in rounded else text for name, text in own.items()},
        **_of_another_stack(read.values, target),
    }


def _missing(read: _ReadRow, defaults: StackDefaults) -> dict[str, str]:
    """Return what creating the thing needs, in the words of the pipeline."""
    try:
        plan(read.examined, device_id_for(read.examined.thing), defaults)
    except InvalidThingError as error:
        return error.problems
    return {}


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
