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
from operate.views.wording import plural

dlq = typer.Typer(help="Show the messages in the dead-letter queue.", invoke_without_command=True)

# So many messages can be read and put back before the first becomes visible again.
_MOST = 1000
_EMPTY = "The dead-letter queue is empty."
_ALL_READABLE = "Every message in the dead-letter queue holds a registry event: nothing to delete."
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
        out.print(_EMPTY, style="green")
    if total:
        raise typer.Exit(WRONG_IN_FLEET)


@dlq.command()
def purge(
    ctx: typer.Context,
    unreadable: Annotated[
        bool, typer.Option("--unreadable", help="Delete only messages that hold no registry event.")
    ] = False,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Delete messages. Their changes will not be applied; thingsync replay THING can still apply them."""
    operator: Operator = ctx.obj
    deleted = _purge_unreadable(operator, yes=yes) if unreadable else _purge_all(operator, yes=yes)
    if json:
        print_json({"deleted": deleted or 0})
    elif unreadable:
        out.print(_ALL_READABLE if deleted is None else f"Deleted: {plural(deleted, 'message')}.", style="green")
    else:
        out.print("Deleted. SQS takes up to a minute." if deleted else _EMPTY, style="green")


def _purge_all(operator: Operator, *, yes: bool) -> int:
    """Return about how many messages were deleted: SQS does not say."""
    queue = operator.dead_letters
    total = queue.depth().total
    if total:
        err.print(f"This deletes about {plural(total, 'message')} of {queue.name}, and any that arrive meanwhile.")
        ask_to_confirm(_HAVE_YOU_READ_THEM, yes=yes)
        ask_to_confirm(f"Delete {plural(total, 'message')} for good?", yes=yes)
        queue.purge()
    return total


def _purge_unreadable(operator: Operator, *, yes: bool) -> int | None:
    """Return how many messages were deleted; None if there was nothing to delete."""
    queue = operator.dead_letters
    found = [
        each
        for each in queue.read(_MOST)
        if classify(each.message_id, each.body, each.attributes, each.sent_at).kind == "no event"
    ]
    if not found:
        return None
    err.print(f"Without a registry event: {plural(len(found), 'message')}.")
    ask_to_confirm(_HAVE_YOU_READ_THEM, yes=yes)
    ask_to_confirm(f"Delete {plural(len(found), 'message')} for good?", yes=yes)
    deleted = queue.delete(found)
    if taken := len(found) - deleted:
        err.print(f"Somebody else received or deleted {plural(taken, 'message')} meanwhile. See what is left:")
        err.print("thingsync dlq", soft_wrap=True)
    return deleted
