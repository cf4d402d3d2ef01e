"""Things of a file ► what is to do about each: create it, change it, leave it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, replace

from operate.bulk.checking import BadRow, PlannedThing
from operate.bulk.entries import said
from operate.bulk.holders import FleetSearch, has_dev_eui
from operate.bulk.problem_list import ProblemList
from operate.bulk.register import Register, RowPlan
from operate.bulk.sameness import Difference, as_change, as_conflict, differences
from operate.operator import Operator
from operate.views.changes import why_rejected
from operate.views.identification import misspelled, read_dev_eui, what_is_not_ours
from workflows.domain.batches import batches
from workflows.domain.correction import thing_name_option
from workflows.domain.planning import StackDefaults
from workflows.domain.registry_things import DescribedThing
from workflows.domain.scope import StackScope
from workflows.steps.concurrency import MAX_CONCURRENT, map_concurrently
from workflows.values import value

# From here on, reading the list of all things costs fewer calls than asking for each.
LISTED_FROM = 1000
# ListThings by attribute: two of its 10 calls a second for each DevEUI that the journal does not know.
ASKED_UP_TO = 25
NAMES_SHOWN = 3
_TO_WRITE = "exists, differs in {}; to write it: thingsync import --update"
_NOT_WRITTEN = "exists, differs in {}; it cannot be written: {}"
ONCE = "its counters differ and are not written: they count only when a device is created"
_ANOTHER_HAS_IT = (
    "thing {there} has this DevEUI; to compare the row with it, write {there} into the row's thingName, or leave that "
    "cell empty. To give the device to thing {wanted}, first delete the other: "
    "aws iot delete-thing {option}"
)
_SEVERAL_HAVE_IT = "things {} have this DevEUI; keep one. To delete another: aws iot delete-thing {}. Then import again"
_TWO_ROWS = (
    "thing {} has this DevEUI, and line {} names that thing; nothing of this row was written. Correct one of them"
)

# Why the pipeline would reject a thing with other attributes; empty if it would not.
Rejection = Callable[[DescribedThing, Mapping[str, str]], str]


def plan_row(
    wanted: PlannedThing, existing: DescribedThing | None, type_name: str, rejection: Rejection, *, update: bool
) -> RowPlan:
    """Decide what to do about a row: its cells are written over the thing, and empty cells change nothing."""
    if existing is None:
        return RowPlan("add")
    scope = StackScope(wanted.attributes["stackName"], type_name)
    if others := what_is_not_ours(existing.thing_type_name, existing.attributes, scope):
        others = (*others, *misspelled(existing.attributes))
        return RowPlan("conflict", reason=f"exists, but {'; '.join(others)}; nothing of it was changed")
    differing = differences(wanted.attributes, existing.attributes)
    found = [each for each in differing if not each.is_once]
    notes = (ONCE,) if len(found) < len(differing) else ()
    if not found:
        return RowPlan("unchanged", existing.thing_id, existing.version_number, notes=notes)
    names = tuple(each.attribute for each in found)
    changed = {name: wanted.attributes[name] for name in names}
    if reason := rejection(existing, {**existing.attributes, **changed}):
        return RowPlan("conflict", existing.thing_id, reason=_NOT_WRITTEN.format(as_conflict(found), reason))
    return replace(_change(existing, names, found, update=update), notes=notes)


def _change(existing: DescribedThing, names: tuple[str, ...], found: list[Difference], *, update: bool) -> RowPlan:
    if update:
        return RowPlan("change", existing.thing_id, existing.version_number, names, as_change(found))
    reason = _TO_WRITE.format(as_conflict(found))
    return RowPlan("change", existing.thing_id, 0, (), as_change(found), reason)


@value
class _Searched:
    """What to ask AWS IoT for: the thing of the row's name if it may exist, and those that may have its DevEUI."""

    thing_name: str
    dev_eui: str
    may_exist: bool
    holders: tuple[str, ...]


@value
class _Found:
    """The thing of the row's name, and the things of this stack that have its DevEUI: it may be one of them."""

    named: DescribedThing | None
    holders: tuple[DescribedThing, ...]

    def __bool__(self) -> bool:
        return self.named is not None or bool(self.holders)


@value
class KnownMistakes:
    """Bad rows that say what their things have already, as in an export: the pipeline has judged those things.

    There is nothing to do for them. ``lines`` are theirs, ``first`` the names that are shown.
    """

    describe: Callable[[str], DescribedThing | None]
    type_name: str
    lines: set[int] = field(default_factory=set)
    first: list[str] = field(default_factory=list)

    def taken_out(self, rows: Iterable[PlannedThing | BadRow]) -> Iterator[PlannedThing | BadRow]:
        """Yield the other rows; several things are read at once, and only those of bad rows that name them."""
        for batch in batches(rows, MAX_CONCURRENT):
            named = [each for each in batch if isinstance(each, BadRow) and each.values and each.thing_name]
            known = [
                row for row, is_known in zip(named, map_concurrently(self._is_known, named), strict=True) if is_known
            ]
            self.lines.update(row.line for row in known)
            self.first.extend(row.thing_name for row in known[: NAMES_SHOWN - len(self.first)])
            yield from (each for each in batch if each.line not in self.lines)

    def _is_known(self, row: BadRow) -> bool:
        thing = self.describe(row.thing_name)
        if thing is None or thing.thing_type_name != self.type_name:
            return False
        return row.values.items() <= said(thing.attributes.items()).items()


@value
class FileComparison:
    """Compares the rows of a file with the things that exist, and records what is to do."""

    things: FleetSearch
    register: Register
    problems: ProblemList
    rejection: Rejection

    def find_things(self) -> None:
        """Read which things may have the rows' DevEUIs; for a long file, also which things exist at all."""
        if max(self.register.total(), self.problems.count_things()) >= LISTED_FROM:
            self.register.record_listed(self._listed())
        else:
            self._ask()

    def _listed(self) -> Iterator[tuple[str, str]]:
        for each in self.things.listed():
            yield each.name, read_dev_eui(each.attributes.get("devEUI", "")) or ""

    def _ask(self) -> None:
        """Ask the journal, and AWS IoT for the DevEUIs that the journal does not know."""
        unknown = self._record_holders(self.things.in_journal, self._wanted_dev_euis())
        if len(unknown) <= ASKED_UP_TO:
            self._record_holders(self.things.in_aws_iot, unknown)
            return
        for thing_name, dev_eui in self._listed():
            self.register.record_holder(thing_name, dev_eui)

    def _wanted_dev_euis(self) -> list[str]:
        """If the file is bad anyway, only those rows count whose problems depend on things."""
        if self.problems.are_certain():
            return [dev_eui for _, dev_eui in self.problems.depend_on_things() if dev_eui]
        return self.register.dev_euis()

    def _record_holders(self, find: Callable[[str], list[str]], dev_euis: list[str]) -> list[str]:
        """Return the DevEUIs of which nothing was found."""
        unknown = []
        for dev_eui, names in zip(dev_euis, map_concurrently(find, dev_euis), strict=True):
            for thing_name in names:
                self.register.record_holder(thing_name, dev_eui)
            if not names:
                unknown.append(dev_eui)
        return unknown

    def find_missing(self) -> Iterator[int]:
        """Ask for the things whose existence would remove problems; yield 1 for each."""

        def found(searched: _Searched) -> tuple[str, _Found]:
            return searched.thing_name, self._found(searched)

        for thing_name, things in map_concurrently(
            found, (self._searched(*each) for each in self.problems.depend_on_things())
        ):
            if things:
                self.problems.thing_exists(thing_name)
            yield 1

    def plan(self, wanted: Iterable[PlannedThing], *, update: bool) -> Iterator[int]:
        """Record what is to do about each row; yield how many were done.

        Rows that are certainly new may be left out of ``wanted``: each is to be created, as the register says before.
        """
        yield self.register.count_new()

        def planned(each: tuple[PlannedThing, _Searched]) -> tuple[PlannedThing, RowPlan]:
            thing, searched = each
            return thing, self._plan(thing, self._found(searched), update=update)

        asked = ((each, self._searched(each.thing_name, each.dev_eui)) for each in wanted)
        for thing, row_plan in map_concurrently(planned, asked):
            self.register.record_plan(thing.line, self._without_second_row(row_plan))
            if row_plan.action != "add":
                self.problems.thing_exists(thing.thing_name)
            yield int(not self.register.is_new(thing.line))

    def _searched(self, thing_name: str, dev_eui: str) -> _Searched:
        """Read the register here: the calls of AWS IoT are made in other threads."""
        return _Searched(thing_name, dev_eui, self.register.may_exist(thing_name), self.register.holders(dev_eui))

    def _found(self, searched: _Searched) -> _Found:
        named = self.things.describe(searched.thing_name) if searched.may_exist else None
        others = [self.things.describe(each) for each in searched.holders if each != searched.thing_name]
        holders = [each for each in (named, *others) if each and has_dev_eui(each, searched.dev_eui, self.things.scope)]
        return _Found(named, tuple(holders))

    def _plan(self, wanted: PlannedThing, found: _Found, *, update: bool) -> RowPlan:
        """A row is about the thing that it names, else about the thing that has its DevEUI."""
        others = [each for each in found.holders if each.thing_name != wanted.thing_name]
        if len(found.holders) > 1:
            return RowPlan("conflict", reason=self._several(found.holders))
        if others and wanted.is_named:
            there = others[0].thing_name
            reason = _ANOTHER_HAS_IT.format(there=there, wanted=wanted.thing_name, option=thing_name_option(there))
            return RowPlan("conflict", reason=reason)
        existing = others[0] if others else found.named
        planned = plan_row(wanted, existing, self.things.scope.thing_type_name, self.rejection, update=update)
        return replace(planned, thing_name=others[0].thing_name) if others else planned

    def _several(self, holders: Iterable[DescribedThing]) -> str:
        """Name all of them, and suggest to delete one that has no device."""
        status = {each.thing_name: self.things.status(each) for each in holders}
        without = [name for name, text in status.items() if text != "registered"]
        named = " and ".join(f"{name} ({text})" for name, text in status.items())
        return _SEVERAL_HAVE_IT.format(named, thing_name_option([*status, *without][-1]))

    def _without_second_row(self, planned: RowPlan) -> RowPlan:
        """Two rows must not write one thing, the one by its name and the other by its DevEUI."""
        line = self.register.line_naming(planned.thing_name) if planned.thing_name else 0
        return RowPlan("conflict", reason=_TWO_ROWS.format(planned.thing_name, line)) if line else planned


def rejection_by_journal(operator: Operator, defaults: StackDefaults) -> Rejection:
    """Ask the journal for the thing's device: its EUIs cannot change any more."""

    def rejection(thing: DescribedThing, attributes: Mapping[str, str]) -> str:
        device = operator.journal.read(thing.thing_id).device
        return why_rejected(thing.thing_name, attributes, device, defaults)

    return rejection
