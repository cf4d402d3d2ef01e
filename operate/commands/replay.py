"""``thingsync replay``: things through the pipeline once more, as they stand now."""

import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

import typer

from operate.adapters.past_runs import PastRun, PastRuns
from operate.commands.failures import ErrorName, Since, wanted
from operate.commands.options import AllowRemovals, Json, Yes, pass_brake
from operate.errors import WRONG_IN_FLEET, WrongInputError
from operate.fleet import troubles
from operate.operator import Operator
from operate.pacing import Pace
from operate.rendering.console import agree, err, print_json, progress
from operate.rendering.replay import show_plan, show_results
from operate.replaying import Patience, as_of_now, awaited, messages_of, planned_for, sent
from operate.views.brake import Removals, removals
from operate.views.replay import Planned, Replayed, became, replay_json, without_a_fact
from operate.views.times import span
from workflows.domain.event import RegistryEvent
from workflows.domain.fold import ThingState
from workflows.domain.naming import execution_name, retry_name
from workflows.errors import InvalidEventError
from workflows.schemas.event import load_event


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


def replay_run(operator: Operator, execution_arn: str, *, yes: bool, patience: Patience | None) -> list[Replayed]:
    """Start the run as Ingest would start a redriven event: under its own name and ``-r…``."""
    runs = PastRuns(operator.clients.stepfunctions, operator.stack.state_machine_arn)
    run = runs.read(execution_arn)
    event = _event_of(run)
    name = retry_name(execution_name(event), uuid.uuid4().hex)
    err.print(
        f"Start {name}", f"with the input of {run.name}, which is {run.status.lower()}.", sep="\n", soft_wrap=True
    )
    agree("Start it?", yes=yes)
    [planned] = as_of_now(operator.history, [Planned(event.thing_name, "send", f"as {run.name}", event)])
    started = runs.start(name, run.event_text)
    if patience is None or not patience.until(lambda: runs.status(started) != "RUNNING"):
        return [Replayed(planned, "in flight")]
    state = operator.history.read(event.thing_id)
    result = became(planned, state, lambda: operator.history.recent(event.thing_id), patient=False)
    return [result or without_a_fact(planned, state, name, status=runs.status(started))]


def _event_of(run: PastRun) -> RegistryEvent:
    try:
        return load_event(json.loads(run.event_text))
    except (ValueError, InvalidEventError) as error:
        raise WrongInputError(
            f"The input of {run.name} is no registry event, so a run of it cannot succeed."
        ) from error
