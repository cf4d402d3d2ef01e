"""``thingsync replay``: things through the pipeline once more, as they stand now."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

import typer

from operate.awaiting import awaited
from operate.braking import pass_brake
from operate.commands.failures import ErrorName, Since, wanted
from operate.commands.replay_run import replay_run
from operate.errors import WRONG_IN_FLEET, WrongInputError
from operate.following import Patience, as_of_now
from operate.operator import Operator
from operate.options import AllowRemovals, Json, Yes
from operate.pace import Pace
from operate.rendering.console import agree, err, print_json, progress
from operate.rendering.replay import show_plan, show_results
from operate.replaying import planned_for
from operate.sending import messages_of, sent
from operate.troubles import troubles
from operate.views.brake import Removals, removals
from operate.views.replay import Planned, Replayed, replay_json
from operate.views.times import span
from workflows.domain.fold import ThingState


def replay(
    ctx: typer.Context,
    things: Annotated[list[str] | None, typer.Argument(help="Names of things.")] = None,
    error: ErrorName = None,
    since: Since = None,
    execution: Annotated[str | None, typer.Option(help="The ARN of one run, to start with the same input.")] = None,
    rate: Annotated[float, typer.Option(min=0.1, max=300, help="Events sent per second.")] = 40,
    wait: Annotated[bool, typer.Option(help="Wait for what becomes of them.")] = True,
    timeout: Annotated[str, typer.Option(help="Wait that long for the next outcome.")] = "10m",
    allow_removals: AllowRemovals = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Send things through the pipeline once more: by name, those that failed, or one run.

    A thing goes as it stands now in AWS IoT, a deleted one as deleted. What is settled already is left alone, so that
    a second call does no harm. Exits with 1 if a thing did not come out well.
    """
    operator: Operator = ctx.obj
    asked = Asked(rate, yes, Patience(span(timeout).total_seconds()) if wait else None, allow_removals)
    if sum((bool(things), bool(error or since), bool(execution))) != 1:
        raise WrongInputError("Say what to replay: names of things, or --error and --since, or --execution.")
    if execution:
        results = replay_run(operator, execution, yes=yes, patience=asked.patience)
    else:
        names = things or (each.thing_name for each in troubles(operator, wanted(error, since=since)))
        results = _replay(operator, names, asked)
    _tell(results, json=json)
    if wait and not all(each.is_good for each in results):
        raise typer.Exit(WRONG_IN_FLEET)


@dataclass(frozen=True, slots=True)
class Asked:
    """``patience`` is None for whoever does not wait, ``allowed`` for whoever lets only few removals pass."""

    rate: float
    yes: bool
    patience: Patience | None
    allowed: int | None


def _tell(results: list[Replayed], *, json: bool) -> None:
    if json:
        print_json(replay_json(results))
    elif results:
        show_results(results)


def _replay(operator: Operator, names: Iterable[str], asked: Asked) -> list[Replayed]:
    planned = list(planned_for(operator, names))
    to_send = [each for each in planned if each.verdict == "send"]
    if not planned:
        err.print("Nothing of the kind has failed: there is nothing to replay.")
        return []
    show_plan(planned)
    if to_send:
        pass_brake(operator, _removals(operator, to_send), asked.allowed)
        agree(f"Send {len(to_send):,} events through {operator.queue.name}?", yes=asked.yes)
        to_send = as_of_now(operator.history, to_send)
        _send(operator, to_send, asked.rate)
    rest = [Replayed(each, "not sent") for each in planned if each.verdict not in ("send", "in flight")]
    in_flight = [each for each in planned if each.verdict == "in flight"]
    return [*rest, *_outcomes(operator, [*to_send, *in_flight], asked.patience)]


def _removals(operator: Operator, to_send: list[Planned]) -> Removals:
    events = [each.event for each in to_send if each.event]
    states = {
        snapshot.thing_id: snapshot.state for snapshot in operator.journal.snapshots(event.thing_id for event in events)
    }
    return removals(((event, states.get(event.thing_id, ThingState())) for event in events), operator.whose)


def _send(operator: Operator, to_send: list[Planned], rate: float) -> None:
    messages = messages_of(to_send, operator.stack.state_machine_arn)
    with progress("sending", total=len(to_send)) as (bar, task):
        for count in sent(operator.queue, messages, Pace(rate)):
            bar.advance(task, count)


def _outcomes(operator: Operator, under_way: list[Planned], patience: Patience | None) -> list[Replayed]:
    if patience is None:
        return [Replayed(each, "in flight") for each in under_way]
    return awaited(operator.history, under_way, patience)
