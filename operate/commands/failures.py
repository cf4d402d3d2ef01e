"""``thingsync failures``: failed and rejected things by error name, with what to do."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from operate.commands.options import Json
from operate.errors import WRONG_IN_FLEET, WrongInputError
from operate.fleet import troubles
from operate.operator import Operator
from operate.rendering.console import out, print_json
from operate.rendering.status import SHOWN, show_failures
from operate.safe_output import to_write, write_table
from operate.views.failures import COLUMNS, Trouble, Wanted, failure_row
from operate.views.times import span

ErrorName = Annotated[str | None, typer.Option("--error", help="Of this error alone, e.g. AccessDeniedError.")]
Since = Annotated[str | None, typer.Option(help="That failed within this time: 30m, 2h, 3d.")]


def failures(
    ctx: typer.Context,
    error: ErrorName = None,
    thing: Annotated[str | None, typer.Option(help="Whose name fits a pattern, e.g. 'pump-*'.")] = None,
    since: Since = None,
    older_than: Annotated[str | None, typer.Option(help="That failed longer ago than this: 30m, 2h, 3d.")] = None,
    csv: Annotated[bool, typer.Option("--csv", help="Print a table for spreadsheets.")] = False,
    json: Json = False,
) -> None:
    """List failed and rejected things by error, and what to do about each. Exits with 1 if there are any."""
    if csv and json:
        raise WrongInputError("--csv and --json exclude each other.")
    operator: Operator = ctx.obj
    found = list(troubles(operator, wanted(error, thing=thing, since=since, older_than=older_than)))
    if json:
        print_json({"failures": [failure_row(each) for each in found]})
    elif csv:
        with to_write(None) as file:
            write_table(file, COLUMNS, map(failure_row, found))
    else:
        _show(found, shown=None if error else SHOWN)
    if found:
        raise typer.Exit(WRONG_IN_FLEET)


def wanted(
    error_name: str | None, *, thing: str | None = None, since: str | None = None, older_than: str | None = None
) -> Wanted:
    now = datetime.now(UTC)
    return Wanted(
        error_name=error_name,
        thing=thing,
        not_before=now - span(since) if since else None,
        before=now - span(older_than) if older_than else None,
    )


def _show(found: list[Trouble], *, shown: int | None) -> None:
    by_error: dict[str, list[Trouble]] = {}
    for each in found:
        by_error.setdefault(each.error_name, []).append(each)
    if by_error:
        show_failures(by_error, shown=shown)
    else:
        out.print("Nothing failed and nothing was rejected.", style="green")
