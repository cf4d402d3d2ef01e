"""Check a row or device of a file: it becomes a thing to create, or a bad row with all its problems. Pure."""

import re
from collections.abc import Mapping
from dataclasses import field, replace
from itertools import starmap

from operate.bulk.aws_rules import THING_NAMES, as_aws_takes, refused_by_aws
from operate.bulk.cells import looks_cut, looks_rounded
from operate.bulk.columns import THING_NAME
from operate.bulk.entries import FileEntry
from operate.bulk.problems import RowProblem, device_label, may_be_shown, pair_problem
from operate.views.identification import is_thing_name
from workflows.domain.attributes import ATTRIBUTES
from workflows.domain.naming import device_id_for
from workflows.domain.planning import StackDefaults, plan, plan_without_keys
from workflows.domain.thing import ExaminedThing
from workflows.errors import InvalidThingError
from workflows.schemas.thing import examine_and_spell
from workflows.values import value

# Attributes that a text can only mean as such; "name" may be any word.
_ATTRIBUTE = re.compile(rf"\b(?:{'|'.join(row.name for row in ATTRIBUTES if not row.name.islower())})\b")
_ROUNDED = "looks like a number that a spreadsheet rounded: format the column as text and enter the value again; it"
_CUT = "has too few digits, as if a spreadsheet left out zeros: format the column as text and enter the value again; it"
_KEYLESS = "the file has no keys of it: its thing takes up the device that The Things Stack has, and can make no other"


@value
class Target:
    """The stack that will register the devices; ``naming_scheme`` is DevEUI or StackNameDeviceID."""

    stack_name: str
    defaults: StackDefaults
    naming_scheme: str = "DevEUI"


@value
class PlannedThing:
    """``replaced`` lists the attributes in which characters became ``_``.

    ``warnings`` are what the thing cannot hold of what the file says. ``missing`` is what creating the
    thing needs beside its attributes; nothing, if the thing exists. ``is_named`` is true if the row itself names its
    thing; else ``thing_name`` is the default name. ``values`` as of a ``BadRow``.
    """

    line: int
    thing_name: str
    device_id: str
    dev_eui: str
    attributes: Mapping[str, str] = field(repr=False)
    replaced: tuple[str, ...] = ()
    missing: tuple[RowProblem, ...] = ()
    is_named: bool = False
    warnings: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict, repr=False)


@value
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


@value
class _ReadEntry:
    """An entry's values, well-formed or not, and the thing that they make.

    ``name`` is the thing's, empty if the entry does not give it; ``given_name`` only if it names the thing itself.
    """

    entry: FileEntry
    name: str
    given_name: str
    values: Mapping[str, str] = field(repr=False)
    spelled: Mapping[str, str] = field(repr=False)
    examined: ExaminedThing = field(repr=False)
    replaced: tuple[str, ...] = ()

    @property
    def said_of_named(self) -> Mapping[str, str]:
        """Return the values if the entry names its thing itself."""
        return self.values if self.given_name else {}

    @property
    def early(self) -> dict[str, str]:
        return {"": self.entry.partial} if self.entry.partial else {}

    def problems(self, texts: Mapping[str, str]) -> tuple[RowProblem, ...]:
        return tuple(starmap(self._problem, texts.items()))

    def _problem(self, name: str, said: str) -> RowProblem:
        text = _ATTRIBUTE.sub(lambda found: self.entry.name_of(found[0]), said)
        device = device_label(self.examined.thing, self.given_name)
        problem = RowProblem(self.entry.line, self.entry.name_of(name), text, device, unit=self.entry.unit)
        if name == "regionalParametersVersion" and name in self.examined.problems:
            rule, value = pair_problem(self.examined.thing, self.values)
            return replace(problem, text=rule, value=value) if rule else problem
        rule, suggests, better = text.partition("; use ")
        if name == "deviceID" and suggests and may_be_shown(self.values[name]):
            return replace(problem, text=rule, value=self.values[name], instead=f"use {better}")
        return problem


def check_entry(entry: FileEntry, target: Target) -> PlannedThing | BadRow:
    """Check an entry as AWS IoT will check its thing, and then the pipeline.

    Raises:
        StackConfigurationError: the stack's own defaults contradict each other.
    """
    read = _read(entry, target)
    if entry.wrong:
        return BadRow(entry.line, read.problems(entry.wrong), read.examined.thing.dev_eui or "")
    wrong = _wrong(read, target)
    device_id, dev_eui = device_id_for(read.examined.thing), read.examined.thing.dev_eui
    if wrong or device_id is None or dev_eui is None:
        return _bad(read, wrong)
    missing = _missing(read, target.defaults)
    is_keyless = bool(missing) and entry.is_there and plan_without_keys(read.examined, device_id) is not None
    needed = read.problems({**read.early, **missing}) if missing and not is_keyless else ()
    return PlannedThing(
        *(entry.line, read.name, device_id, dev_eui, read.spelled, read.replaced, needed),
        is_named=bool(read.given_name),
        warnings=(*entry.warnings, *((_KEYLESS,) if is_keyless else ())),
        values=read.said_of_named,
    )


def _bad(read: _ReadEntry, wrong: Mapping[str, str]) -> BadRow:
    needs = {name: text for name, text in read.examined.missing.items() if name not in wrong}
    found = read.problems({**read.early, **wrong})
    dev_eui = read.examined.thing.dev_eui or ""
    return BadRow(read.entry.line, found, dev_eui, read.name, read.problems(needs), read.said_of_named)


def _read(entry: FileEntry, target: Target) -> _ReadEntry:
    given = {"stackName": target.stack_name} | dict(entry.given)
    written = {name: as_aws_takes(name, text) for name, text in given.items() if name != THING_NAME}
    values = {name: text for name, (text, _) in written.items()}
    named = given.get(THING_NAME, "")
    name = _expected_name(given, target)
    examined, spelled = examine_and_spell(values, name)
    is_named = is_thing_name(named) if named else examined.thing.dev_eui is not None
    replaced = tuple(each for each, (_, is_replaced) in written.items() if is_replaced)
    return _ReadEntry(entry, name if is_named else "", named, values, spelled, examined, replaced)


def _wrong(read: _ReadEntry, target: Target) -> dict[str, str]:
    """Return the problem of each attribute, whether or not the thing exists.

    The problem by an attribute's own rule replaces that by AWS IoT's rule about characters.
    """
    needed = {name: text for name, text in read.examined.missing.items() if name == "devEUI"}
    own = {**needed, **read.examined.problems}
    named = {} if is_thing_name(read.given_name or "-") else {THING_NAME: THING_NAMES}
    return {
        **refused_by_aws(read.values),
        **named,
        **{name: f"{_by_spreadsheet(name, read)}{text}" for name, text in own.items()},
        **_of_another_stack(read.values, target),
    }


def _by_spreadsheet(name: str, read: _ReadEntry) -> str:
    """Return what a spreadsheet may have done to a value that is malformed; empty if nothing."""
    text = read.values.get(name, "")
    if name in read.spelled or not text:
        return ""
    return f"{_ROUNDED} " if looks_rounded(text) else f"{_CUT} " if looks_cut(name, text) else ""


def _missing(read: _ReadEntry, defaults: StackDefaults) -> dict[str, str]:
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
