"""``thingsync history THING``: its facts as a time line, with the runs that wrote them."""

from typing import Annotated

import typer

from operate.commands.options import Json
from operate.errors import UnknownThingError
from operate.operator import Operator
from operate.rendering.console import print_json
from operate.rendering.status import show_history
from operate.views.history import Life, history_json


def history(
    ctx: typer.Context,
    thing: Annotated[str, typer.Argument(help="A thing's name; deleted ones are remembered.")],
    json: Json = False,
) -> None:
    """Tell what happened to a thing, and to those that bore its name before."""
    operator: Operator = ctx.obj
    lives = _lives(operator, thing)
    if json:
        print_json(history_json(thing, lives, operator.stack.state_machine_arn))
    else:
        show_history(lives, operator.stack.state_machine_arn)


def _lives(operator: Operator, thing_name: str) -> list[Life]:
    snapshots = reversed(list(operator.history.named(thing_name)))
    lives = [Life(snapshot, tuple(operator.history.facts(snapshot.thing_id))) for snapshot in snapshots]
    if not lives:
        raise UnknownThingError(
            f"The journal of {operator.stack_name} knows no thing {thing_name}: no event of it has arrived. "
            f"`thingsync status {thing_name}` says whether AWS IoT knows it."
        )
    return lives
