"""``thingsync import``: a CSV file ► things in AWS IoT ► the outcome of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from operate.adapters.things import describe_thing
from operate.bulk.checking import BadRow
from operate.bulk.importing import OutcomeWatch, create_all, overwrite_devices, require_write_permission
from operate.bulk.reading import Sheet, open_sheet, target_of
from operate.bulk.register import Register, as_row, write_report
from operate.commands.options import Json, TimeoutText, Wait, Yes, read_timeout
from operate.errors import WRONG_IN_FLEET, WrongInputError
from operate.fleet import explain_failure
from operate.operator import Operator
from operate.pacing import Pace, Timeout
from operate.rendering.bulk import print_outcome, print_overwrites, print_plan, print_problem
from operate.rendering.console import ask_to_confirm, print_json_line, progress
from operate.retrying import SAMPLE, RetryNotice, runs_of

INTERRUPTED = 130
Overwrite = Annotated[
    bool, typer.Option("--overwrite", help="Write the rows to devices that existed before, after asking.")
]


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """``timeout`` is None if the command does not wait for outcomes."""

    rate: float
    timeout: Timeout | None
    report: Path
    json: bool
    yes: bool
    overwrite: bool


def import_things(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV file, with The Things Stack's column names or the things' own.")],
    rate: Annotated[float, typer.Option(min=0.1, max=100, help="Create this many things a second.")] = 40,
    ignore: Annotated[list[str] | None, typer.Option(help="Ignore this column; may be repeated.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only check the file and show the plan.")] = False,
    wait: Wait = True,
    timeout: TimeoutText = "10m",
    overwrite: Overwrite = False,
    report: Annotated[Path | None, typer.Option(help="Report to write; default: FILE.report.csv.")] = None,
    json: Json = False,
    yes: Yes = False,
) -> None:
    """Register the devices of a CSV file.

    Checks the whole file first: one bad row, and nothing is created. If interrupted, run the same command again.
    Exits with 1 unless every device is registered as its row says.
    """
    operator: Operator = ctx.obj
    outcome_timeout = read_timeout(timeout) if wait else None
    options = ImportOptions(rate, outcome_timeout, _report_path(file, report), json=json, yes=yes, overwrite=overwrite)
    if overwrite:
        _check_overwrite(operator, options)
    sheet = open_sheet(file, target_of(operator.stack), ignored=tuple(ignore or ()))
    with Register.opened() as register:
        total = _check(sheet, register, json=json)
        print_plan(sheet, register, operator.stack, rate)
        if not dry_run:
            ask_to_confirm(f"Create {total} things?", yes=yes)
            _import(operator, sheet, register, options)


def _check_overwrite(operator: Operator, options: ImportOptions) -> None:
    if options.timeout is None:
        raise WrongInputError("--overwrite has to wait for outcomes: leave out --no-wait.")
    require_write_permission(operator.stack)


def _report_path(file: Path, report: Path | None) -> Path:
    path = report or file.parent / f"{file.name}.report.csv"
    if path.resolve() == file.resolve():
        raise WrongInputError(f"The report would overwrite {file}: give it another name (--report).")
    return path


def _import(operator: Operator, sheet: Sheet, register: Register, options: ImportOptions) -> None:
    write_report(options.report, register.entries())  # a report that cannot be written fails before anything is created
    try:
        _create(operator, sheet, register, options.rate)
        if options.timeout:
            _watch(operator, register, options.timeout)
        if options.overwrite and options.timeout:
            _overwrite(operator, register, options, options.timeout)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    finally:
        _print_results(register, options)
    raise typer.Exit(0 if _all_good(register, wait=options.timeout is not None) else WRONG_IN_FLEET)


def _all_good(register: Register, *, wait: bool) -> bool:
    """An adopted device counts as good only if it has all values of its row."""
    wanted = {"registered", "adopted"} if wait else {"created"}
    return register.counts().keys() <= wanted and not register.differing()


def _check(sheet: Sheet, register: Register, *, json: bool) -> int:
    """Read the whole file and print every bad row; return how many things it plans."""
    good = bad = 0
    for row in sheet.check(register):
        if isinstance(row, BadRow):
            bad += 1
            for problem in row.problems:
                print_problem(problem, json=json)
        else:
            good += 1
    if not good + bad:
        raise WrongInputError(f"{sheet.path} has a header and no rows: there is nothing to create.")
    if bad:
        raise WrongInputError(
            f"{sheet.path}: {bad} of {good + bad} rows are bad, so nothing was created. Correct them and try again."
        )
    return good


def _create(operator: Operator, sheet: Sheet, register: Register, rate: float) -> None:
    _show_progress("Created", create_all(sheet.things(), operator.things, register, Pace(rate)), register)


def _watch(operator: Operator, register: Register, timeout: Timeout) -> None:
    explain, describe = partial(explain_failure, operator), partial(describe_thing, operator.clients.iot)
    watch = OutcomeWatch(register, operator.journal, describe, explain, timeout)
    notice = RetryNotice(operator.run_histories)

    def runs() -> list[str]:
        return runs_of(operator.journal, (each.thing_id for each in register.waiting(after_line=0, limit=SAMPLE)))

    _show_progress("Settled", notice.between(watch.rounds(), runs), register)


def _overwrite(operator: Operator, register: Register, options: ImportOptions, timeout: Timeout) -> None:
    if entries := register.differing():
        print_overwrites(entries)
        ask_to_confirm(f"Write {len(entries)} devices?", yes=options.yes)
        overwrite_devices(operator, register, entries, Pace(options.rate), timeout=timeout)


def _show_progress(what: str, steps: Iterator[int], register: Register) -> None:
    with progress(what, total=sum(register.counts().values())) as (bar, task):
        for count in steps:
            bar.advance(task, count)


def _print_results(register: Register, options: ImportOptions) -> None:
    write_report(options.report, register.entries())
    if options.json:
        for entry in register.entries():
            print_json_line(as_row(entry))
    print_outcome(register.counts(), options.report)
