"""``thingsync failures``: failed and rejected things by error name, with what to do."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from operate.commands.options import ErrorName, Json, Since
from operate.errors import WRONG_IN_FLEET, WrongInputError
from operate.fleet import failed_things
from operate.operator import Operator
from operate.rendering.console import out, print_json
from operate.rendering.status import SHOWN, show_failures
from operate.safe_output import open_output, write_table
from operate.views.failures import COLUMNS, FailedThing, FailureFilter, failure_row
from operate.views.times import duration


def failures(
    ctx: typer.Context,
    error: ErrorName = None,
    thing: Annotated[str | None, typer.Option(help="Only things whose name matches, e.g. 'pump-*'.")] = None,
    since: Since = None,
    older_than: Annotated[str | None, typer.Option(help="Only things that failed before that: 30m, 2h, 3d.")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print a table for spreadsheets.")] = False,
    json: Json = False,
) -> None:
    """List failed and rejected things by error, with what to do. Exits with 1 if there are any."""
    if csv and json:
        raise WrongInputError("Give --csv or --json, not both.")
    operator: Operator = ctx.obj
    wanted = failure_filter(error, thing=thing, since=since, older_than=older_than)
    found = list(failed_things(operator, wanted))
    if json:
        print_json({"failures": [failure_row(each) for each in found]})
    elif csv:
        with open_output(None) as file:
            write_table(file, COLUMNS, map(failure_row, found))
    else:
        _show(found, shown=None if error else SHOWN)
    if found:
        raise typer.Exit(WRONG_IN_FLEET)


def failure_filter(
    error_name: str | None, *, thing: str | None = None, since: str | None = None, older_than: str | None = None
) -> FailureFilter:
    now = datetime.now(UTC)
    return FailureFilter(
        error_name=error_name,
        thing=thing,
        not_before=now - duration(since) if since else None,
        before=now - duration(older_than) if older_than else None,
    )


def _show(found: list[FailedThing], *, shown: int | None) -> None:
    by_error: dict[str, list[FailedThing]] = {}
    for each in found:
        by_error.setdefault(each.error_name, []).append(each)
    if by_error:
        show_failures(by_error, shown=shown)
    else:
        out.print("No thing has failed or been rejected.", style="green")
