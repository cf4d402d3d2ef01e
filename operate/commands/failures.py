"""``thingsync failures``: failed and rejected things by error and reason, with what to do."""

import shlex
from collections import Counter
from datetime import UTC, datetime
from typing import Annotated

import typer

from operate.commands.options import ErrorName, Json, Since
from operate.errors import WRONG_IN_FLEET, WrongInputError
from operate.fleet import failed_things, knows_thing
from operate.operator import Operator
from operate.rendering.console import out, print_json
from operate.rendering.failures import show_failures, show_one_error
from operate.safe_output import open_output, write_table
from operate.views.failures import COLUMNS, FailedThing, FailureFilter, failure_row
from operate.views.reasons import by_error_and_reason
from operate.views.times import duration
from workflows.values import value


def failures(
    ctx: typer.Context,
    error: ErrorName = None,
    thing: Annotated[str | None, typer.Option(help="Only things whose name matches, e.g. 'pump-*'.")] = None,
    since: Since = None,
    older_than: Annotated[str | None, typer.Option(help="Only things that failed before that: 30m, 2h, 3d.")] = None,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Show the codes of The Things Stack's errors, too.")
    ] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print a table for spreadsheets.")] = False,
    json: Json = False,
) -> None:
    """List failed and rejected things by error and reason, with what to do. Exits with 1 if there are any."""
    if csv and json:
        raise WrongInputError("Give --csv or --json, not both.")
    operator: Operator = ctx.obj
    options = FailureOptions(error, thing, since, older_than)
    found = matching_failures(operator, options)
    if json:
        print_json({"failures": [failure_row(each) for each in found]})
    elif csv:
        with open_output(None) as file:
            write_table(file, COLUMNS, map(failure_row, found))
    else:
        _show(operator, found, options, verbose=verbose)
    if found:
        raise typer.Exit(WRONG_IN_FLEET)


@value
class FailureOptions:
    """What the caller gave to choose failures; None for what was not given."""

    error: str | None = None
    thing: str | None = None
    since: str | None = None
    older_than: str | None = None

    def __str__(self) -> str:
        given = {"error": self.error, "thing": self.thing, "since": self.since, "older-than": self.older_than}
        return " ".join(f"--{name} {shlex.quote(text)}" for name, text in given.items() if text is not None)

    def filter(self) -> FailureFilter:
        """Raise ``WrongInputError`` for what is no duration."""
        now = datetime.now(UTC)
        return FailureFilter(
            error_name=self.error,
            thing=self.thing,
            not_before=now - duration(self.since) if self.since else None,
            before=now - duration(self.older_than) if self.older_than else None,
        )


def matching_failures(operator: Operator, options: FailureOptions) -> list[FailedThing]:
    """Return the failures that match.

    Raises:
        WrongInputError: there are failures, but none of this error at any time, or no thing of this name: a script with
            a misspelled name must not take that for good news.
    """
    found = list(failed_things(operator, options.filter()))
    if not found and _names_nothing(operator, options) and (there_are := _count_all(operator)):
        raise WrongInputError(f"No failure matches {options}. There are: {there_are}.")
    return found


def _names_nothing(operator: Operator, options: FailureOptions) -> bool:
    if options.error and not any(failed_things(operator, FailureFilter(options.error))):
        return True
    return options.thing is not None and not knows_thing(operator, options.thing)


def _count_all(operator: Operator) -> str:
    counted = Counter(each.error_name for each in failed_things(operator, FailureFilter()))
    return ", ".join(f"{name} {count:,}" for name, count in counted.most_common())


def _show(operator: Operator, found: list[FailedThing], options: FailureOptions, *, verbose: bool) -> None:
    groups = by_error_and_reason(found)
    if options.error and groups:
        show_one_error(groups[0], verbose=verbose)
    elif groups:
        show_failures(groups, verbose=verbose)
    elif there_are := _count_all(operator):
        out.print(f"No failure matches {options}. There are: {there_are}.")
    else:
        out.print("No thing has failed or been rejected.", style="green")
