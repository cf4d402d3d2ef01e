"""``thingsync status [THING]``: the fleet at a glance, or one thing."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from operate.commands.options import ONE_THING, Every, Json, Rounds, Watch, read_refresh
from operate.errors import WRONG_IN_FLEET, WrongInputError
from operate.fleet import read_fleet, read_thing
from operate.identification import named_thing
from operate.operator import Operator
from operate.rendering.console import print_json
from operate.rendering.status import show_fleet, show_thing
from operate.views.status import fleet_json, thing_json
from operate.watching import watched


def status(
    ctx: typer.Context,
    thing: Annotated[str | None, typer.Argument(help=ONE_THING)] = None,
    watch: Watch = False,
    every: Every = "5s",
    rounds: Rounds = None,
    exact: Annotated[bool, typer.Option("--exact", help="Count every thing, also in a large fleet.")] = False,
    json: Json = False,
) -> None:
    """Show the fleet at a glance, or one thing. Exits with 1 if something is wrong.

    Of a status that some ten thousand things have, the number is an estimate, marked ≈ or ≥, unless --exact is given.
    """
    if exact and thing is not None:
        raise WrongInputError(f"--exact counts the things of the fleet: leave out {thing} or --exact.")
    operator: Operator = ctx.obj

    def show() -> bool:
        return _fleet(operator, json=json, exact=exact) if thing is None else _thing(operator, thing, json=json)

    is_ok = watched(show, read_refresh(every, rounds, is_for_people=not json)) if watch else show()
    if not is_ok:
        raise typer.Exit(WRONG_IN_FLEET)


def _fleet(operator: Operator, *, json: bool, exact: bool) -> bool:
    fleet = read_fleet(operator, datetime.now(UTC), is_exact=exact)
    if json:
        print_json(fleet_json(fleet))
    else:
        show_fleet(fleet)
    return fleet.is_ok


def _thing(operator: Operator, text: str, *, json: bool) -> bool:
    view = read_thing(operator, named_thing(operator, text))
    if json:
        print_json(thing_json(view))
    else:
        show_thing(view)
    return view.is_ok
