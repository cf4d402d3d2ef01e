"""Options that several commands share."""

from typing import Annotated

import typer

from operate.operator import Operator
from operate.rendering.console import err
from operate.views.brake import Removals, ensure_few

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Do what the plan says without asking.")]
AllowRemovals = Annotated[
    int | None,
    typer.Option(
        "--allow-removals",
        min=0,
        help="Let that many things lose their devices at once; default: 10, or 1 % of the fleet if that is more.",
    ),
]


def pass_brake(operator: Operator, removals: Removals, allowed: int | None) -> None:
    """Say how many things lose their devices; raise ``TooManyRemovalsError`` if that is more than ``allowed``."""
    ensure_few(removals, fleet=operator.journal.devices, allowed=allowed)
    if removals.at_most:
        err.print(f"{removals}.", markup=False)
