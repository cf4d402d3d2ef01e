"""``thingsync doctor``: check each part of the stack and say how to fix it."""

from typing import Annotated

import typer

from operate.commands.options import Json, Yes
from operate.configuring import configure as run_configure
from operate.diagnosis import diagnosis
from operate.errors import WRONG_IN_FLEET
from operate.operator import Operator
from operate.rendering.console import ask_to_confirm, err, out, print_json
from operate.rendering.status import show_checks, show_done
from operate.views.status import checks_json


def doctor(
    ctx: typer.Context,
    configure: Annotated[
        bool,
        typer.Option(
            "--configure",
            help="First set up thing type, registry events and webhook again, for example after a new API key.",
        ),
    ] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Check the stack part by part and say how to fix what is wrong. Exits with 1 if a check fails."""
    operator: Operator = ctx.obj
    done = _configure(operator, yes=yes) if configure else None
    if done and not json:
        show_done(done)
        out.print()
    checks = list(diagnosis(operator))
    if json:
        print_json(checks_json(checks, done))
    else:
        show_checks(checks)
    if not all(check.is_ok for check in checks):
        raise typer.Exit(WRONG_IN_FLEET)


def _configure(operator: Operator, *, yes: bool) -> tuple[str, ...]:
    name = operator.stack.output("ConfigureFunctionName")
    webhook = (
        "removes the webhook (MirrorOn is Off)"
        if operator.stack.parameter("MirrorOn") == "Off"
        else "writes the webhook"
    )
    err.print(
        f"{name} checks the API key, creates the thing type {operator.stack.thing_type_name} or makes it searchable if "
        f"need be, turns registry events on for this account and region, and {webhook}."
    )
    ask_to_confirm("Run it?", yes=yes)
    return run_configure(operator)
