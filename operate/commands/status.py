"""``thingsync status [THING]``: the fleet at a glance, or one thing."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from operate import fleet as gathering
from operate.commands.options import Json
from operate.errors import WRONG_IN_FLEET
from operate.operator import Operator
from operate.rendering.console import print_json
from operate.rendering.status import show_fleet, show_thing
from operate.views.status import fleet_json, thing_json


def status(
    ctx: typer.Context,
    thing: Annotated[str | None, typer.Argument(help="A thing's name, to see that one alone.")] = None,
    json: Json = False,
) -> None:
    """Show the fleet at a glance, or one thing. Exits with 1 if something is wrong."""
    operator: Operator = ctx.obj
    is_well = _fleet(operator, json=json) if thing is None else _thing(operator, thing, json=json)
    if not is_well:
        raise typer.Exit(WRONG_IN_FLEET)


def _fleet(operator: Operator, *, json: bool) -> bool:
    fleet = gathering.fleet(operator, datetime.now(UTC))
    if json:
        print_json(fleet_json(fleet))
    else:
        show_fleet(fleet)
    return fleet.is_well


def _thing(operator: Operator, thing_name: str, *, json: bool) -> bool:
    view = gathering.thing(operator, thing_name)
    if json:
        print_json(thing_json(view))
    else:
        show_thing(view)
    return view.is_well
