"""Things of a file ► what is to do about each: create it, change it, leave it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from operate.adapters.things import DescribedThing, ListedThing
from operate.bulk.checking import PlannedThing
from operate.bulk.problem_list import ProblemList
from operate.bulk.register import Register, RowPlan
from operate.bulk.sameness import Difference, as_change, as_conflict, differences
from operate.operator import Operator
from operate.pacing import map_concurrently
from operate.views.changes import why_rejected
from operate.views.events import StackScope
from operate.views.identification import misspelled, what_is_not_ours
from workflows.domain.planning import StackDefaults

# From here on, reading the list of all things costs fewer calls than asking for each.
LISTED_FROM = 1000
_TO_WRITE = "exists, differs in {}; to write it: thingsync import --update"
_NOT_WRITTEN = "exists, differs in {}; it cannot be written: {}"

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
    found = differences(wanted.attributes, existing.attributes)
    if not found:
        return RowPlan("unchanged", existing.thing_id, existing.version_number)
    names = tuple(each.attribute for each in found)
    changed = {name: wanted.attributes[name] for name in names}
    if reason := rejection(existing, {**existing.attributes, **changed}):
        return RowPlan("conflict", existing.thing_id, reason=_NOT_WRITTEN.format(as_conflict(found), reason))
    return _change(existing, names, found, update=update)


def _change(existing: DescribedThing, names: tuple[str, ...], found: list[Difference], *, update: bool) -> RowPlan:
    if update:
        return RowPlan("change", existing.thing_id, existing.version_number, names, as_change(found))
    reason = _TO_WRITE.format(as_conflict(found))
    return RowPlan("change", existing.thing_id, 0, (), as_change(found), reason)


class ExistingThings(Protocol):
    """Reads things of one type, and any thing by its name."""

    @property
    def type_name(self) -> str: ...

    def listed(self) -> Iterator[ListedThing]: ...

    def describe(self, thing_name: str) -> DescribedThing | None: ...


@dataclass(frozen=True, slots=True)
class FileComparison:
    """Compares the rows of a file with the things that exist, and records what is to do."""

    things: ExistingThings
    register: Register
    problems: ProblemList
    rejection: Rejection

    def read_list(self) -> None:
        """For a long file, read which things exist at all."""
        if self.register.total() >= LISTED_FROM:
            self.register.record_listed(each.name for each in self.things.listed())

    def find_missing(self) -> Iterator[int]:
        """Ask for the things whose existence would remove problems; yield 1 for each."""
        names = ((name, self.register.may_exist(name)) for name in self.problems.depend_on_things())
        for name, existing in map_concurrently(self._described, names):
            if existing is not None:
                self.problems.thing_exists(name)
            yield 1

    def plan(self, wanted: Iterable[PlannedThing], *, update: bool) -> Iterator[int]:
        """Record what is to do about each row; yield 1 for each."""

        def planned(each: tuple[PlannedThing, bool]) -> tuple[PlannedThing, RowPlan]:
            thing, may_exist = each
            _, existing = self._described((thing.thing_name, may_exist))
            return thing, plan_row(thing, existing, self.things.type_name, self.rejection, update=update)

        asked = ((each, self.register.may_exist(each.thing_name)) for each in wanted)
        for thing, row_plan in map_concurrently(planned, asked):
            self.register.record_plan(thing.line, row_plan)
            if row_plan.action != "add":
                self.problems.thing_exists(thing.thing_name)
            yield 1

    def _described(self, named: tuple[str, bool]) -> tuple[str, DescribedThing | None]:
        thing_name, may_exist = named
        return thing_name, self.things.describe(thing_name) if may_exist else None


def rejection_by_journal(operator: Operator, defaults: StackDefaults) -> Rejection:
    """Ask the journal for the thing's device: its EUIs cannot change any more."""

    def rejection(thing: DescribedThing, attributes: Mapping[str, str]) -> str:
        device = operator.journal.read(thing.thing_id).device
        return why_rejected(thing.thing_name, attributes, device, defaults)

    return rejection
