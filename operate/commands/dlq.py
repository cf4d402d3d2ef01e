"""``thingsync dlq``: show the messages in the dead-letter queue; ``thingsync dlq purge``: delete them."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from operate.commands.options import Json, Yes
from operate.errors import WRONG_IN_FLEET
from operate.fleet import dead_lettered_messages
from operate.operator import Operator
from operate.rendering.console import ask_to_confirm, err, out, print_json
from operate.rendering.replay import show_messages
from operate.views.messages import classify, message_json

dlq = typer.Typer(help="Show the messages in the dead-letter queue.", invoke_without_command=True)

# So many messages can be read and put back before the first becomes visible again.
_MOST = 1000
_HAVE_YOU_READ_THEM = "Have you read them (thingsync dlq)?"


@dlq.callback()
def show(
    ctx: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=_MOST, help="Show at most this many messages.")] = 20,
    json: Json = False,
) -> None:
    """Show the messages in the dead-letter queue and leave them there. Exits with 1 if there are any.

    Reading hides messages from others for up to a minute and counts as a receive. Of a long queue SQS shows a sample.
    """
    if ctx.invoked_subcommand:
        return
    operator: Operator = ctx.obj
    total = operator.dead_letters.depth().total
    found = dead_lettered_messages(operator, limit) if total else []
    if json:
        print_json({"total": total, "messages": [message_json(message, state) for message, state in found]})
    elif found:
        show_messages(found, total=total, now=datetime.now(UTC))
    else:
        out.print("The dead-letter queue is empty.", style="green")
    if total:
        raise typer.Exit(WRONG_IN_FLEET)


@dlq.command()
def purge(
    ctx: typer.Context,
    unreadable: Annotated[
        bool, typer.Option("--unreadable", help="Delete only messages that hold no registry event.")
    ] = False,
    yes: Yes = False,
) -> None:
    """Delete messages. Their changes will not be applied; thingsync replay THING can still apply them."""
    operator: Operator = ctx.obj
    if unreadable:
        _purge_unreadable(operator, yes=yes)
        return
    queue = operator.dead_letters
    total = queue.depth().total
    if not total:
        out.print("The dead-letter queue is empty.", style="green")
        return
    err.print(f"This deletes about {total:,} messages of {queue.name}, and any that arrive meanwhile.")
    ask_to_confirm(_HAVE_YOU_READ_THEM, yes=yes)
    ask_to_confirm(f"Delete {total:,} messages for good?", yes=yes)
    queue.purge()
    out.print("Deleted. SQS takes up to a minute.")


def _purge_unreadable(operator: Operator, *, yes: bool) -> None:
    queue = operator.dead_letters
    found = [
        each
        for each in queue.read(_MOST)
        if classify(each.message_id, each.body, each.attributes, each.sent_at).kind == "no event"
    ]
    if not found:
        out.print("Every message in the dead-letter queue holds a registry event: nothing to delete.", style="green")
        return
    err.print(f"{len(found):,} messages hold no registry event.")
    ask_to_confirm(_HAVE_YOU_READ_THEM, yes=yes)
    ask_to_confirm(f"Delete {len(found):,} messages for good?", yes=yes)
    queue.delete(found)
    out.print(f"{len(found):,} messages are deleted.")
