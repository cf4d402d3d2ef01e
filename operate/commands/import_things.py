"""``thingsync import``: a CSV file ► things in AWS IoT ► what became of each."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from operate.adapters.journal import JournalPages
from operate.adapters.things import ThingsOfType, describe_thing
from operate.bulk.checking import BadRow
from operate.bulk.importing import Watch, create_all, refuse_unless_allowed
from operate.bulk.importing import overwrite as overwrite_devices
from operate.bulk.reading import Sheet, opened, target_of
from operate.bulk.register import Register, as_row, write_report
from operate.commands.options import Json, Yes
from operate.errors import WRONG_IN_FLEET, WrongInputError
from operate.fleet import why_unhappy
from operate.operator import Operator
from operate.pacing import Pace
from operate.rendering.bulk import print_outcome, print_overwrites, print_plan, print_problem
from operate.rendering.console import agree, print_json_line, progress
from operate.replaying import Patience
from operate.views.times import span

INTERRUPTED = 130


@dataclass(frozen=True, slots=True)
class _Wish:
    """How the operator wants it to be done."""

    rate: float
    wait: bool
    patience_s: float
    report: Path
    json: bool
    yes: bool
    overwrite: bool


def import_things(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV, in The Things Stack's columns or the things' attribute names.")],
    rate: Annotated[float, typer.Option(min=0.1, max=100, help="Things to create in a second.")] = 40,
    ignore: Annotated[list[str] | None, typer.Option(help="Leave out this column; may be repeated.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check the file, show the plan, create nothing.")] = False,
    wait: Annotated[bool, typer.Option(help="Wait until it is known what became of each thing.")] = True,
    timeout: Annotated[str, typer.Option(help="Wait that long for the next outcome.")] = "10m",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Write the rows to devices that were there before, after asking.")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="Where to write the report; default: FILE.report.csv.")] = None,
    json: Json = False,
    yes: Yes = False,
) -> None:
    """Register the devices of a CSV file.

    The file is checked whole first: with one bad row in it nothing is created. Interrupted, the same command goes on.
    Exits with 1 unless every device is registered as its row says.
    """
    operator: Operator = ctx.obj
    wish = _Wish(rate, wait, span(timeout).total_seconds(), _beside(file, report), json, yes, overwrite)
    if overwrite:
        _refuse_to_overwrite(operator, wish)
    sheet = opened(file, target_of(operator.stack), ignored=tuple(ignore or ()))
    with Register.opened() as register:
        total = _planned(operator, sheet, register, wish)
        if not dry_run:
            agree(f"Create {total} things?", yes=yes)
            _import(operator, sheet, register, wish)


def _planned(operator: Operator, sheet: Sheet, register: Register, wish: _Wish) -> int:
    total = _check(sheet, register, json=wish.json)
    print_plan(sheet, register, operator.stack, wish.rate)
    return total


def _refuse_to_overwrite(operator: Operator, wish: _Wish) -> None:
    if not wish.wait:
        raise WrongInputError("--overwrite needs to know which devices were there before: leave --no-wait out.")
    refuse_unless_allowed(operator.stack)


def _beside(file: Path, report: Path | None) -> Path:
    path = report or file.parent / f"{file.name}.report.csv"
    if path.resolve() == file.resolve():
        raise WrongInputError(f"The report would take the place of {file} itself: give it another name (--report).")
    return path


def _import(operator: Operator, sheet: Sheet, register: Register, wish: _Wish) -> None:
    write_report(wish.report, register.entries())  # what cannot be written is told before anything is created
    try:
        _create(operator, sheet, register, wish.rate)
        if wish.wait:
            _watch(operator, register, wish.patience_s)
        if wish.overwrite:
            _overwrite(operator, register, wish)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    finally:
        _tell(register, wish)
    raise typer.Exit(0 if _is_good(register, wait=wish.wait) else WRONG_IN_FLEET)


def _is_good(register: Register, *, wait: bool) -> bool:
    """A device that was there before is as its row says only if nothing is told that it does not have."""
    wanted = {"registered", "adopted"} if wait else {"created"}
    return register.counts().keys() <= wanted and not register.differing()


def _overwrite(operator: Operator, register: Register, wish: _Wish) -> None:
    if entries := register.differing():
        print_overwrites(entries)
        agree(f"Write {len(entries)} devices?", yes=wish.yes)
        overwrite_devices(operator, register, entries, Pace(wish.rate), patience=Patience(wish.patience_s))


def _check(sheet: Sheet, register: Register, *, json: bool) -> int:
    """Read the file whole, telling every bad row; return how many things it plans."""
    good = bad = 0
    for row in sheet.checked(register):
        if isinstance(row, BadRow):
            bad += 1
            for problem in row.problems:
                print_problem(problem, json=json)
        else:
            good += 1
    if not good + bad:
        raise WrongInputError(f"{sheet.path} names its columns and has no rows, so there is nothing to create.")
    if bad:
        raise WrongInputError(
            f"{sheet.path}: {bad} of {good + bad} rows are bad, so nothing was created. Correct them and try again."
        )
    return good


def _create(operator: Operator, sheet: Sheet, register: Register, rate: float) -> None:
    things = ThingsOfType(operator.clients.iot, operator.stack.thing_type_name)
    _counted("Created", create_all(sheet.things(), things, register, Pace(rate)), register)


def _watch(operator: Operator, register: Register, patience_s: float) -> None:
    journal = JournalPages(operator.clients.dynamodb, operator.stack.journal_table)
    explain, describe = partial(why_unhappy, operator), partial(describe_thing, operator.clients.iot)
    _counted("Settled", Watch(register, journal, describe, explain, patience_s).rounds(), register)


def _counted(what: str, steps: Iterator[int], register: Register) -> None:
    with progress(what, total=sum(register.counts().values())) as (bar, task):
        for count in steps:
            bar.advance(task, count)


def _tell(register: Register, wish: _Wish) -> None:
    write_report(wish.report, register.entries())
    if wish.json:
        for entry in register.entries():
            print_json_line(as_row(entry))
    print_outcome(register.counts(), wish.report)
