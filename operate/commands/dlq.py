"""``thingsync dlq``: what is in the dead-letter queue; ``thingsync dlq purge``: throwing it away."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from operate.commands.options import Json, Yes
from operate.errors import WRONG_IN_FLEET
from operate.fleet import letters
from operate.operator import Operator
from operate.rendering.console import agree, err, out, print_json
from operate.rendering.replay import show_letters
from operate.views.messages import letter_json, seen

dlq = typer.Typer(help="Look into the dead-letter queue.", invoke_without_command=True)

# What one look at SQS can hide for a moment without being late to put it back.
_MOST = 1000


@dlq.callback()
def look(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=_MOST, help="Look at that many letters.")] = 20,
    json: Json = False,
) -> None:
    """Show what waits in the dead-letter queue, without taking it out. Exits with 1 if anything does.

    Looking hides letters from others for a moment and counts as a receive. Of a deep queue SQS shows a sample.
    """
    if ctx.invoked_subcommand:
        return
    operator: Operator = ctx.obj
    total = operator.dead_letters.depth().total
    found = list(letters(operator, limit)) if total else []
    if json:
        print_json({"total": total, "letters": [letter_json(letter, state) for letter, state in found]})
    elif found:
        show_letters(found, total=total, now=datetime.now(UTC))
    else:
        out.print("The dead-letter queue is empty.", style="green")
    if total:
        raise typer.Exit(WRONG_IN_FLEET)


@dlq.command()
def purge(
    ctx: typer.Context,
    unreadable: Annotated[
        bool, typer.Option("--unreadable", help="Only what is no registry event, so that no redrive can help it.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Throw letters away. What they asked for is then not done; thingsync replay THING can still do it."""
    operator: Operator = ctx.obj
    if unreadable:
        _purge_unreadable(operator, yes=yes)
        return
    queue = operator.dead_letters
    total = queue.depth().total
    if not total:
        out.print("The dead-letter queue is empty.", style="green")
        return
    err.print(f"This throws away about {total:,} letters of {queue.name}, and any that arrive meanwhile.")
    agree("Have you looked at them (thingsync dlq)?", yes=yes)
    agree(f"Throw {total:,} letters away for good?", yes=yes)
    queue.purge()
    out.print("They are gone; SQS takes up to a minute.")


def _purge_unreadable(operator: Operator, *, yes: bool) -> None:
    queue = operator.dead_letters
    found = [
        each
        for each in queue.look(_MOST)
        if seen(each.message_id, each.body, each.attributes, each.sent_at).kind == "no event"
    ]
    if not found:
        out.print("There is nothing in the dead-letter queue that is no event.", style="green")
        return
    err.print(f"{len(found):,} letters are no registry events.")
    agree("Have you looked at them (thingsync dlq)?", yes=yes)
    agree(f"Throw {len(found):,} letters away for good?", yes=yes)
    queue.take(found)
    out.print(f"{len(found):,} letters are gone.")
