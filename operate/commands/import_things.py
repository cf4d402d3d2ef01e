"""``thingsync import``: a file ► things in AWS IoT ► the outcome of each."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from operate.bulk.checking import PlannedThing
from operate.bulk.comparing import FileComparison, KnownMistakes, Rejection, rejection_by_journal
from operate.bulk.files import HeldInput, Source
from operate.bulk.holders import FleetSearch
from operate.bulk.importing import PlanExecution, await_outcomes, overwrite_devices, require_write_permission
from operate.bulk.problem_list import ProblemList
from operate.bulk.reading import Sheet, open_sheet, target_of
from operate.bulk.register import WRITTEN, Register, RowOutcome
from operate.bulk.reports import as_row, move_earlier, write_report
from operate.commands.options import Json, TimeoutText, Wait, Yes, read_timeout
from operate.errors import INTERRUPTED, WRONG_IN_FLEET, WrongInputError
from operate.operator import Operator
from operate.pacing import Pace, Timeout
from operate.rendering.bulk import (
    ROWS,
    print_done,
    print_ignored,
    print_interrupted,
    print_mistakes,
    print_outcome,
    print_overwrites,
    print_plan,
    print_problems,
)
from operate.rendering.console import ask_to_confirm, follow, print_json_line, read_input
from operate.views.wording import plural
from workflows.values import value

STANDARD_INPUT = Path("-")
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Write the rows to devices that existed before, after asking.")
]
Update = Annotated[bool, typer.Option("--update", help="Change the things that differ from their rows.")]
File = Annotated[
    Path, typer.Argument(help="CSV file, or JSON as The Things Stack's command line prints it; - reads it here.")
]


@value
class ImportOptions:
    """``timeout`` is None if the command does not wait for outcomes."""

    rate: float
    timeout: Timeout | None
    report: Path
    json: bool
    yes: bool
    update: bool
    overwrite: bool


@value
class Import:
    """An import at work: what the file says, and what became of it."""

    operator: Operator
    sheet: Sheet
    register: Register
    problems: ProblemList
    options: ImportOptions
    mistakes: KnownMistakes

    @property
    def things(self) -> Iterator[PlannedThing]:
        return self.sheet.things(without=lambda line: line in self.mistakes.lines)

    @property
    def to_compare(self) -> Iterator[PlannedThing]:
        """Leave out those that are certainly new: they need no second look, and files are long."""
        return self.sheet.things(without=lambda line: line in self.mistakes.lines or self.register.is_new(line))

    @property
    def comparison(self) -> FileComparison:
        return FileComparison(FleetSearch(self.operator), self.register, self.problems, self._rejection)

    @property
    def execution(self) -> PlanExecution:
        return PlanExecution(self.operator.things, self.register, Pace(self.options.rate), self._rejection)

    @property
    def _rejection(self) -> Rejection:
        return rejection_by_journal(self.operator, self.sheet.target.defaults)


def import_things(
    ctx: typer.Context,
    file: File,
    update: Update = False,
    rate: Annotated[float, typer.Option(min=0.1, max=100, help="Create or change this many things a second.")] = 40,
    ignore: Annotated[list[str] | None, typer.Option(help="Ignore this column or JSON field; may be repeated.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check the file and show the plan.")] = False,
    wait: Wait = True,
    timeout: TimeoutText = "10m",
    overwrite: Overwrite = False,
    report: Annotated[Path | None, typer.Option(help="Report to write; default: FILE.report.csv.")] = None,
    json: Json = False,
    yes: Yes = False,
) -> None:
    """Make the fleet as a file says: add the things that it lacks, and with --update change those that differ.

    A row is about the thing that it names, else about the thing that has its DevEUI.
    Checks the whole file first: one bad row, and nothing is created. An empty cell leaves an existing thing as it is.
    Removes nothing. If interrupted, run the same command again. Exits with 1 unless every device is registered as its
    row says.
    """
    outcome_timeout = read_timeout(timeout) if wait else None
    options = ImportOptions(rate, outcome_timeout, _report_path(file, report), json, yes, update, overwrite)
    _run(ctx.obj, file, options, ignored=tuple(ignore or ()), dry_run=dry_run)


def _run(operator: Operator, file: Path, options: ImportOptions, *, ignored: tuple[str, ...], dry_run: bool) -> None:
    if options.overwrite:
        _check_overwrite(operator, options)
    source = _source(file, answers_needed=not (options.yes or dry_run))
    sheet = open_sheet(source, target_of(operator.stack), ignored=ignored)
    with Register.opened() as register, ProblemList.opened() as problems:
        mistakes = KnownMistakes(operator.things.describe, operator.stack.thing_type_name)
        at_work = Import(operator, sheet, register, problems, options, mistakes)
        _plan(at_work)
        if dry_run:
            _print_rows(register, json=options.json)
        else:
            _confirm(at_work)
            _import(at_work)


def _check_overwrite(operator: Operator, options: ImportOptions) -> None:
    if options.timeout is None:
        raise WrongInputError("--overwrite has to wait for outcomes: leave out --no-wait.")
    require_write_permission(operator.stack)


def _report_path(file: Path, report: Path | None) -> Path:
    path = report or (Path("import.report.csv") if file == STANDARD_INPUT else file.parent / f"{file.name}.report.csv")
    if path.resolve() == file.resolve():
        raise WrongInputError(f"The report would overwrite {file}: give it another name (--report).")
    return path


def _source(file: Path, *, answers_needed: bool) -> Source:
    if file != STANDARD_INPUT:
        return file
    if answers_needed:
        raise WrongInputError("The standard input holds the rows and cannot also hold an answer: give --yes.")
    return HeldInput(read_input())


def _plan(at_work: Import) -> None:
    """Check the file, compare it with the things that exist, and show what is to do; raise ``WrongInputError``."""
    sheet, register, problems = at_work.sheet, at_work.register, at_work.problems
    rows = 0
    for row in at_work.mistakes.taken_out(sheet.check(register)):
        problems.add(row)
        rows += 1
    rows += len(at_work.mistakes.lines)
    unit = sheet.form.unit
    if not rows:
        has = "a header and no rows" if unit == "line" else "no devices"
        raise WrongInputError(f"{sheet.source} has {has}: there is nothing to create.")
    comparison = at_work.comparison
    comparison.find_things()
    if problems.are_certain():
        follow("Compared", comparison.find_missing(), int, total=problems.count_things())
    else:
        steps = comparison.plan(at_work.to_compare, update=at_work.options.update)
        follow("Compared", steps, int, total=register.total())
    if bad := problems.bad_rows():
        print_problems(problems, json=at_work.options.json)
        print_ignored(sheet)
        raise WrongInputError(
            f"{sheet.source}: {bad} of {rows} {ROWS[unit]} are bad, so nothing was created. Correct them and try again."
        )
    options = at_work.options
    print_plan(sheet, register, at_work.operator.stack, options.rate, update=options.update)
    print_mistakes(at_work.mistakes)


def _confirm(at_work: Import) -> None:
    actions, options = at_work.register.actions(), at_work.options
    to_do = {
        f"create {plural(actions.get('add', 0), 'thing')}": actions.get("add"),
        f"change {plural(actions.get('change', 0), 'thing')}": options.update and actions.get("change"),
    }
    if wanted := " and ".join(text for text, count in to_do.items() if count):
        ask_to_confirm(f"{wanted.capitalize()}?", yes=options.yes)


def _import(at_work: Import) -> None:
    register, options = at_work.register, at_work.options
    earlier = move_earlier(options.report)
    write_report(options.report, register.entries())  # a report that cannot be written fails before anything is created
    try:
        _carry_out(at_work)
        if options.timeout:
            _watch(at_work, options.timeout)
        if options.overwrite and options.timeout:
            _overwrite(at_work, options.timeout)
    except KeyboardInterrupt:
        print_interrupted(register.have_outcome(), register.total())
        raise typer.Exit(INTERRUPTED) from None
    finally:
        _print_results(register, options, earlier)
    is_good = _all_good(register, wait=options.timeout is not None) and not at_work.mistakes.lines
    raise typer.Exit(0 if is_good else WRONG_IN_FLEET)


def _all_good(register: Register, *, wait: bool) -> bool:
    """An adopted device counts as good only if it has all values of its row."""
    wanted: set[RowOutcome] = {"registered", "adopted"} if wait else {*WRITTEN}
    return register.counts().keys() <= wanted and not register.differing()


def _carry_out(at_work: Import) -> None:
    actions = at_work.register.actions()
    to_do = actions.get("add", 0) + (actions.get("change", 0) if at_work.options.update else 0)
    if not to_do:
        return
    try:
        follow("Written", at_work.execution.carry_out(at_work.things), total=to_do)
    finally:
        done = at_work.register.counts()
        print_done(done.get("created", 0), done.get("updated", 0))


def _watch(at_work: Import, timeout: Timeout) -> None:
    register = at_work.register
    if total := register.total() - register.have_outcome():
        follow("Settled", await_outcomes(at_work.operator, register, timeout), int, total=total)


def _overwrite(at_work: Import, timeout: Timeout) -> None:
    register, options = at_work.register, at_work.options
    if entries := register.differing():
        print_overwrites(entries, at_work.sheet.form.unit)
        ask_to_confirm(f"Write {len(entries)} devices?", yes=options.yes)
        overwrite_devices(at_work.operator, register, entries, Pace(options.rate), timeout=timeout)


def _print_results(register: Register, options: ImportOptions, earlier: Path | None) -> None:
    write_report(options.report, register.entries())
    _print_rows(register, json=options.json)
    print_outcome(register, options.report, earlier)


def _print_rows(register: Register, *, json: bool) -> None:
    if json:
        for entry in register.entries():
            print_json_line(as_row(entry))
