"""``thingsync doctor``: whether everything is there, switched on and allowed, and the mend for what is not."""

from typing import Annotated

import typer

from operate.adapters.parts import Parts
from operate.commands.options import Json, Yes
from operate.diagnosis import diagnosis
from operate.errors import WRONG_IN_FLEET
from operate.operator import Operator
from operate.rendering.console import agree, err, print_json
from operate.rendering.status import show_checkup
from operate.views.status import checkup_json


def doctor(
    ctx: typer.Context,
    configure: Annotated[
        bool,
        typer.Option(
            "--configure", help="First ensure thing type, registry events and webhook anew, as after a new API key."
        ),
    ] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Check the stack part by part, and say what to do about each that is not well. Exits with 1 if one is not."""
    operator: Operator = ctx.obj
    if configure:
        _configure(operator, yes=yes)
    checks = list(diagnosis(operator))
    if json:
        print_json(checkup_json(checks))
    else:
        show_checkup(checks)
    if not all(check.is_well for check in checks):
        raise typer.Exit(WRONG_IN_FLEET)


def _configure(operator: Operator, *, yes: bool) -> None:
    name = operator.stack.output("ConfigureFunctionName")
    err.print(
        f"{name} checks the API key, ensures the thing type {operator.stack.thing_type_name}, switches registry "
        "events on for this account and region, and writes the webhook."
    )
    agree("Run it?", yes=yes)
    err.print(Parts(operator.clients).invoke(name), soft_wrap=True)
