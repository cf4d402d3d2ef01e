"""``thingsync list``: the things of the fleet, each on a line, and filters."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import Annotated

import typer

from operate.commands.options import ErrorName, Every, Json, Rounds, Watch, read_refresh
from operate.errors import WrongInputError
from operate.listing import FleetList
from operate.rendering.console import err, out, print_json_line
from operate.rendering.listing import print_nothing, print_rest, show_list
from operate.safe_output import open_output, write_table
from operate.views.identification import read_dev_eui, read_dev_eui_pattern
from operate.views.listing import COLUMNS, FleetThing, Format, ListFilter, fleet_line, fleet_row, read_statuses
from operate.views.times import duration
from operate.watching import watched

# What a person reads without scrolling for long.
PAGE = 50
_STATUS = (
    "Only things of this status: registered, rejected, failed, 'in flight', skipped or removed. Several with commas "
    "between them. Removed things are listed only on demand."
)
_NAME = "Only things whose name, or whose device's name, matches, e.g. 'pump-*'. Letter case makes no difference."
_EUI = "Only things that have, or had, this DevEUI, in any spelling; or a part of it, e.g. 'A84041*'."
_MODEL = (
    "Only things whose attribute modelID matches, e.g. 'lht*', or brandID/modelID, e.g. 'dragino/*'. A model "
    "that only the QR code names is not found."
)
_LIMIT = f"List so many things, 0 for all. Default: {PAGE} in a terminal, else all."

Statuses = Annotated[list[str] | None, typer.Option("--status", help=_STATUS)]
Name = Annotated[str | None, typer.Option("--name", help=_NAME)]
Eui = Annotated[str | None, typer.Option("--eui", help=_EUI)]
Plan = Annotated[str | None, typer.Option("--plan", help="Only things with this frequency plan in force.")]
ModelPattern = Annotated[str | None, typer.Option("--model", help=_MODEL)]
StatusSince = Annotated[str | None, typer.Option("--since", help="Only with a status not older than 30m, 2h, 3d.")]
Limit = Annotated[int | None, typer.Option("--limit", min=0, help=_LIMIT)]
Shape = Annotated[Format, typer.Option("--format", help="csv and json have all columns, json by the line.")]


def list_things_command(
    ctx: typer.Context,
    status: Statuses = None,
    name: Name = None,
    eui: Eui = None,
    plan: Plan = None,
    model: ModelPattern = None,
    since: StatusSince = None,
    error: ErrorName = None,
    limit: Limit = None,
    shape: Shape = "table",
    watch: Watch = False,
    every: Every = "5s",
    rounds: Rounds = None,
    json: Json = False,
) -> None:
    """List the things of the fleet: failed and rejected ones first, the latest first.

    Exits with 2 if a filter matches nothing, and says what there is.
    """
    operator, chosen = ctx.obj, _format(shape, json=json)
    wanted = partial(_filter, status, name=name, eui=eui, plan=plan, model=model, since=since, error=error)
    if watch:
        refresh = read_refresh(every, rounds, is_for_people=chosen == "table")
        watched(lambda: _shown(FleetList(operator, wanted()), limit or _on_one_screen()), refresh)
        return
    fleet = FleetList(operator, wanted())
    if not _print(fleet, chosen, limit):
        _explain_nothing(fleet)


def _format(shape: Format, *, json: bool) -> Format:
    if json and shape == "csv":
        raise WrongInputError("Give --format csv or --json, not both.")
    return "json" if json else shape


def _filter(
    status: list[str] | None,
    *,
    name: str | None,
    eui: str | None,
    plan: str | None,
    model: str | None,
    since: str | None,
    error: str | None,
) -> ListFilter:
    return ListFilter(
        statuses=read_statuses(status or ()),
        plan=plan,
        model=model,
        name=name,
        dev_eui=read_dev_eui(eui or ""),
        dev_eui_pattern=_pattern(eui) if eui is not None else None,
        not_before=datetime.now(UTC) - duration(since) if since else None,
        error_name=error,
    )


def _pattern(eui: str) -> str | None:
    """Return None for a whole DevEUI."""
    pattern = read_dev_eui_pattern(eui)
    if pattern is None and read_dev_eui(eui) is None:
        raise WrongInputError(
            f"--eui {eui} is not a DevEUI: give 16 hex digits, with or without separators, or a part such as 'A84041*'."
        )
    return pattern


def _print(fleet: FleetList, shape: Format, limit: int | None) -> int:
    """Print the list and return how many things it has."""
    if shape == "table":
        shown = PAGE if limit is None and out.is_terminal else limit
        return _show(fleet, shown or None)
    things = islice(fleet.things(), limit or None)
    if shape == "csv":
        with open_output(None) as file:
            return write_table(file, COLUMNS, map(fleet_row, things))
    return sum(1 for _ in map(print_json_line, map(fleet_line, things)))


def _show(fleet: FleetList, limit: int | None) -> int:
    things = fleet.things()
    shown = show_list(islice(things, limit), datetime.now(UTC))
    if limit and _has_more(things):
        print_rest(shown)
    return shown


def _on_one_screen() -> int:
    """A thing may take two lines."""
    return max(1, (out.height - 4) // 2)


def _shown(fleet: FleetList, limit: int) -> bool:
    """What matches nothing now may match something in the next round."""
    if not _show(fleet, limit):
        out.print("No thing matches now.")
    return True


def _has_more(things: Iterator[FleetThing]) -> bool:
    return next(things, None) is not None


def _explain_nothing(fleet: FleetList) -> None:
    if fleet.wanted.is_empty:
        err.print(f"The journal of {fleet.operator.stack_name} has no things yet.")
        return
    print_nothing(fleet.wanted, fleet.summary())
    raise typer.Exit(2)
