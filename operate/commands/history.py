"""``thingsync history THING``: its facts in order, and the runs that wrote them."""

from typing import Annotated

import typer

from operate.commands.options import ONE_THING, Json
from operate.errors import UnknownThingError
from operate.identification import named_thing
from operate.operator import Operator
from operate.rendering.console import print_json
from operate.rendering.status import show_history
from operate.views.history import ThingHistory, history_json
from workflows.domain.correction import argument


def history(
    ctx: typer.Context,
    thing: Annotated[str, typer.Argument(help=f"{ONE_THING} Also a deleted one.")],
    json: Json = False,
) -> None:
    """Show what happened to a thing, and to earlier things of the same name."""
    operator: Operator = ctx.obj
    name = named_thing(operator, thing)
    histories = _histories(operator, name)
    if json:
        print_json(history_json(name, histories, operator.stack.state_machine_arn))
    else:
        show_history(histories, operator.stack.state_machine_arn)


def _histories(operator: Operator, thing_name: str) -> list[ThingHistory]:
    snapshots = reversed(list(operator.journal.named(thing_name)))
    histories = [ThingHistory(snapshot, tuple(operator.journal.facts(snapshot.thing_id))) for snapshot in snapshots]
    if not histories:
        raise UnknownThingError(
            f"The journal of {operator.stack_name} knows nothing of {thing_name}: no event of it has arrived. "
            f"`thingsync status {argument(thing_name)}` says what to do."
        )
    return histories
