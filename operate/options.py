"""Options that several commands share."""

from typing import Annotated

import typer

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
