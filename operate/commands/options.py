"""Options that several commands share, and the brake that --allow-removals sets."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from operate.errors import INTERRUPTED, WrongInputError
from operate.operator import Operator
from operate.pacing import Timeout
from operate.rendering.console import err
from operate.views.brake import check_removals
from operate.views.times import duration
from operate.watching import Refresh
from workflows.domain.brake import Removals
from workflows.values import value

ONE_THING = "A thing: its name, its DevEUI or its device ID."
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Carry out the plan without asking.")]
Watch = Annotated[bool, typer.Option("--watch", "-w", help="Show it again every few seconds, until Ctrl-C.")]
Every = Annotated[str, typer.Option("--every", help="How often --watch shows it again.")]
# For tests: a person ends it.
Rounds = Annotated[int | None, typer.Option("--rounds", min=1, hidden=True)]
Wait = Annotated[bool, typer.Option(help="Wait for the outcome of each thing.")]
TimeoutText = Annotated[str, typer.Option("--timeout", help="Stop waiting if there is no new outcome for this long.")]
ErrorName = Annotated[str | None, typer.Option("--error", help="Only things with this error, e.g. AccessDeniedError.")]
Since = Annotated[str | None, typer.Option(help="Only things that failed within this time: 30m, 2h, 3d.")]
AllowRemovals = Annotated[
    int | None,
    typer.Option(
        "--allow-removals",
        min=0,
        help="Let this many things lose their devices at once; default: 10 or 1 % of the fleet, whichever is more.",
    ),
]


@value
class SendOptions:
    """``timeout`` is None if the command does not wait for outcomes."""

    timeout: Timeout | None
    allowed: int | None
    yes: bool
    json: bool


def read_timeout(text: str) -> Timeout:
    """Raise ``WrongInputError``."""
    return Timeout(duration(text).total_seconds())


def read_refresh(every: str, rounds: int | None, *, is_for_people: bool) -> Refresh:
    """Raise ``WrongInputError``."""
    if not is_for_people:
        raise WrongInputError("--watch shows a screen to people: leave out --json and --format.")
    return Refresh(duration(every).total_seconds(), rounds)


def brake(operator: Operator, removals: Removals, allowed: int | None, *, listed: int | None = None) -> None:
    """Print how many things lose their devices; raise ``TooManyRemovalsError`` if that is more than ``allowed``.

    ``listed`` is how many things AWS IoT listed; None if no list was read.
    """
    check_removals(removals, fleet=operator.journal.count_devices, allowed=allowed, listed=listed)
    if removals.at_most:
        err.print(f"{removals}.")


@contextmanager
def explained_if_stopped() -> Iterator[None]:
    """Say at Ctrl-C what becomes of what was sent: nobody can call it back."""
    try:
        yield
    except KeyboardInterrupt:
        err.print(
            "Stopped. What was sent before goes on without this command. Run the same command again: it does what is "
            "left.",
            style="yellow",
            soft_wrap=True,
        )
        raise typer.Exit(INTERRUPTED) from None
